package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The contract while the fence is down, and that nothing is asked any more once it is up. */
class FencedDeviceTest extends BlockDeviceContract {

    private final AtomicBoolean up = new AtomicBoolean();
    private final MemoryDevice ram = new MemoryDevice("ram", SIZE, new ManualStrand());

    @Override
    protected BlockDevice open() {
        return FencedDevice.of(ram, up::get);
    }

    @Test
    void isTheDeviceItselfWithoutAFence() {
        assertThat(FencedDevice.of(ram, Fence.NONE)).isSameAs(ram);
    }

    @Test
    void nothingPassesAFenceThatIsUp() {
        ManualStrand strand = (ManualStrand) ram.strand();
        up.set(true);
        CompletableFuture<?>[] asked = askEverything();
        strand.run();
        assertThat(asked).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(ram.requests()).isEmpty();
    }
}
