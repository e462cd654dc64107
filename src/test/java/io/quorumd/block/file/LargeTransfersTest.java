package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** Who copies what is large: the strand, and a thread that helps it. */
class LargeTransfersTest {

    private static final int LARGE = 64 << 10;
    private static final int MANY = 16;
    private static final int SIZE = MANY * LARGE;

    private final FileFixture files = new FileFixture();
    private final CountedThreads threads = new CountedThreads();
    private final FileThreads counted = new FileThreads(files.strand, threads);

    @TempDir
    private Path folder = Path.of("");

    @TempDir(factory = InMemory.class)
    private Path memory = Path.of("");

    @Test
    void theHelperWritesWhileTheStrandIsBusy() throws IOException {
        Path path = file(memory);
        SyncDevice disk = open(path);
        byte[] wanted = content(1);
        threads.reset();
        threads.holdBack();
        List<CompletableFuture<Boolean>> writes = writeAll(disk, wanted);
        assertThat(threads.asked()).isEqualTo(1);
        threads.letGo();
        // The strand, which nobody turns, has not seen any of it.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Arrays.equals(Files.readAllBytes(path), wanted)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(writes).noneMatch(CompletableFuture::isDone);
        writes.forEach(disk::await);
        disk.await(disk.closeLater());
    }

    @Test
    void theStrandMakesThemAllWhenThereIsNoThread() throws IOException {
        SyncDevice disk = open(file(memory));
        byte[] wanted = content(2);
        threads.refuse(true);
        threads.reset();
        List<CompletableFuture<Boolean>> writes = writeAll(disk, wanted);
        files.strand.run();
        assertThat(writes).allMatch(CompletableFuture::isDone);
        assertThat(readAll(disk)).isEqualTo(wanted);
        // Asked for in vain once; more often only when time has passed, which it does not here.
        assertThat(threads.asked()).isEqualTo(1);
        files.strand.advance(TimeUnit.SECONDS.toNanos(1));
        assertThat(readAll(disk)).isEqualTo(wanted);
        assertThat(threads.asked()).isEqualTo(2);
        threads.refuse(false);
        disk.await(disk.closeLater());
    }

    @Test
    void oneThatStandsAloneNeedsNoHelper() throws IOException {
        SyncDevice disk = open(file(memory));
        threads.reset();
        disk.write(0, Arrays.copyOf(content(3), LARGE));
        assertThat(disk.read(0, LARGE)).isEqualTo(Arrays.copyOf(content(3), LARGE));
        assertThat(threads.asked()).isEqualTo(0);
        disk.await(disk.closeLater());
    }

    @Test
    void whatWaitsForTheDiskIsTheWorkers() throws IOException {
        assumeTrue(FileFixture.hasDisk(), "needs a temporary folder on a disk");
        // Nothing of it has ever been in the page cache.
        SyncDevice disk = open(file(folder));
        assertThat(readAll(disk)).isEqualTo(new byte[SIZE]);
        byte[] wanted = content(4);
        writeAll(disk, wanted).forEach(disk::await);
        assertThat(readAll(disk)).isEqualTo(wanted);
        disk.await(disk.closeLater());
    }

    @Test
    void readsFailForWhichThereIsNoMemory() throws IOException {
        ScarceMemory scarce = new ScarceMemory();
        SyncDevice disk = files.open(file(memory), counted, scarce);
        byte[] wanted = content(6);
        writeAll(disk, wanted).forEach(disk::await);
        scarce.isExhausted = true;
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int at = 0; at < SIZE; at += LARGE) {
            reads.add(disk.readLater(at, LARGE));
        }
        reads.add(disk.readLater(0, 512));
        for (CompletableFuture<byte[]> read : reads) {
            assertThat(disk.awaitError(read).code()).isEqualTo(Errno.ENOMEM);
        }
        scarce.isExhausted = false;
        assertThat(readAll(disk)).isEqualTo(wanted);
        disk.await(disk.closeLater());
    }

    @Test
    void closesWhenTheyHaveEnded() throws IOException {
        SyncDevice disk = open(file(memory));
        List<CompletableFuture<Boolean>> writes = writeAll(disk, content(5));
        disk.await(disk.closeLater());
        assertThat(writes).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
    }

    private List<CompletableFuture<Boolean>> writeAll(SyncDevice disk, byte[] content) {
        List<CompletableFuture<Boolean>> writes = new ArrayList<>();
        for (int at = 0; at < SIZE; at += LARGE) {
            writes.add(disk.writeLater(at, Arrays.copyOfRange(content, at, at + LARGE), false));
        }
        return writes;
    }

    private byte[] readAll(SyncDevice disk) {
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int at = 0; at < SIZE; at += LARGE) {
            reads.add(disk.readLater(at, LARGE));
        }
        byte[] all = new byte[SIZE];
        for (int i = 0; i < MANY; i++) {
            System.arraycopy(disk.await(reads.get(i)), 0, all, i * LARGE, LARGE);
        }
        return all;
    }

    private static final class ScarceMemory extends AbstractByteBufAllocator {

        private volatile boolean isExhausted;

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (isExhausted) {
                throw new OutOfMemoryError("of this test");
            }
            return PooledByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return PooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return true;
        }
    }

    private static final class InMemory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test) throws IOException {
            return Files.createTempDirectory(FileFixture.MEMORY, "quorumd-large-");
        }
    }

    private Path file(Path in) {
        Path path = in.resolve("child.img");
        assertThat(files.create(path, SIZE, false)).isNull();
        return path;
    }

    private SyncDevice open(Path path) {
        return files.open(path, counted);
    }

    private static byte[] content(int seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
