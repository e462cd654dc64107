package io.quorumd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which a buffer has become garbage that nobody had released. Where buffers are not all tracked
 * (integration tests, an IDE) it does nothing.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

    private static final long PATIENCE_MILLIS = 10_000;

    private static final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + records));
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            return;
        }
        collectGarbage();
        // The detector looks at what the collector found when the next buffer is made.
        PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
        String found = String.join("\n", leaks);
        leaks.clear();
        assertThat(found)
                .as("buffers that nobody released; the one who touched them last is to blame")
                .isEmpty();
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        PhantomReference<Object> garbage = new PhantomReference<>(new Object(), queue);
        System.gc();
        assertThat(queue.remove(PATIENCE_MILLIS)).isSameAs(garbage);
    }
}
