package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The faults of the test device itself; what it promises as a device is in the contract. */
class MemoryDeviceTest {

    private final ManualStrand strand = new ManualStrand();
    private final MemoryDevice device = new MemoryDevice("m", 1 << 20, strand);
    private final List<@Nullable BlockError> ends = new ArrayList<>();

    @Test
    void aHangingWriteTakesEffectWhenReleasedOverWhatCameAfterIt() {
        device.on(MemoryDevice.Kind.WRITE, Fault.hang()).times(1);
        write(0, 1, false);
        write(0, 2, false);
        assertThat(ends).hasSize(1);
        assertThat(device.contents(0, 1)).containsExactly(2);

        device.releaseAll();
        assertThat(ends).hasSize(2);
        assertThat(device.contents(0, 1)).containsExactly(1);
    }

    @Test
    void aCrashLosesWhatWasNeitherFlushedNorForced() {
        write(0, 1, false);
        device.flush(ends::add);
        write(0, 2, false);
        write(512, 3, true);
        device.crash();
        assertThat(device.contents(0, 1)).containsExactly(1);
        assertThat(device.contents(512, 1)).containsExactly(3);
    }

    @Test
    void aLyingFlushReportsSuccessAndKeepsNothing() {
        device.on(MemoryDevice.Kind.FLUSH, Fault.lie());
        write(0, 7, false);
        device.flush(ends::add);
        device.crash();
        assertThat(ends).hasSize(2).containsOnlyNulls();
        assertThat(device.contents(0, 1)).containsExactly(0);
    }

    @Test
    void failuresComeWithAndWithoutEffect() {
        device.on(MemoryDevice.Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        device.on(MemoryDevice.Kind.WRITE, Fault.failAfterEffect(Errno.ENOSPC)).times(1);
        write(0, 1, false);
        assertThat(device.contents(0, 1)).containsExactly(0);
        write(0, 2, false);
        assertThat(device.contents(0, 1)).containsExactly(2);
        assertThat(ends).extracting(BlockError::code).containsExactly(Errno.EIO, Errno.ENOSPC);
    }

    @Test
    void aDelayIsMeasuredByTheStrandsClock() {
        device.on(MemoryDevice.Kind.WRITE, Fault.delay(1000));
        write(0, 1, false);
        strand.advance(999);
        assertThat(ends).isEmpty();
        strand.advance(1);
        assertThat(ends).hasSize(1);
    }

    @Test
    void anUnreadableBlockIsReadableOnceRewritten() {
        device.makeUnreadable(4096, 512);
        List<@Nullable BlockError> reads = new ArrayList<>();
        ReadCompletion done = (data, error) -> {
            if (data != null) {
                data.release();
            }
            reads.add(error);
        };
        device.read(0, 8192, done);
        write(4096, 9, false);
        device.read(0, 8192, done);
        assertThat(reads.getFirst()).isNotNull();
        assertThat(reads.getLast()).isNull();
    }

    private void write(long offset, int fill, boolean fua) {
        ByteBuf data = PooledByteBufAllocator.DEFAULT.directBuffer(512);
        for (int i = 0; i < 512; i++) {
            data.writeByte(fill);
        }
        device.write(offset, data, fua, ends::add);
        data.release();
    }
}
