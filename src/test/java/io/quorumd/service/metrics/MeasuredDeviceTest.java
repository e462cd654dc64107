package io.quorumd.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockDeviceContract;
import io.quorumd.block.BlockError;
import io.quorumd.block.Fault;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.MemoryDevice;
import io.quorumd.service.metrics.IoTimes.Op;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** It is a device like any other, and counts. */
class MeasuredDeviceTest extends BlockDeviceContract {

    private final ManualStrand strand = new ManualStrand();
    private final IoTimes times = new IoTimes();

    @Override
    protected BlockDevice open() {
        return new MeasuredDevice(new MemoryDevice("memory", SIZE, strand).asynchronous(), times);
    }

    @Test
    void eachOperationIsCountedWithTheTimeItTook() {
        MeasuredDevice measured = new MeasuredDevice(new MemoryDevice("slow", SIZE, strand).asynchronous(), times);
        List<BlockError> failures = new ArrayList<>();
        measured.flush(failures::add);
        strand.advance(1_000);
        measured.flush(failures::add);
        measured.writeZeroes(0, 512, false, false, failures::add);
        strand.run();

        assertThat(failures).hasSize(3).containsOnlyNulls();
        assertThat(times.count(Op.FLUSH)).isEqualTo(2);
        assertThat(times.nanos(Op.FLUSH)).isLessThanOrEqualTo(1_000);
        assertThat(times.count(Op.ZEROES)).isEqualTo(1);
        assertThat(times.count(Op.READ)).isZero();
    }

    @Test
    void whatSucceedsIsCountedInBytesToo() {
        MemoryDevice memory = new MemoryDevice("memory", SIZE, strand);
        MeasuredDevice measured = new MeasuredDevice(memory, times);
        ByteBuf source = Unpooled.wrappedBuffer(new byte[1536]);
        measured.write(0, source, false, error -> {});
        measured.update(0, 512, false, current -> null, error -> {});
        measured.writeZeroes(0, SIZE, true, false, error -> {});
        memory.on(MemoryDevice.Kind.READ, Fault.fail(BlockError.Errno.EIO)).times(1);
        for (int i = 0; i < 2; i++) {
            measured.read(0, 4096, (data, error) -> {
                if (data != null) {
                    data.release();
                }
            });
        }
        strand.run();

        assertThat(times.bytes(Op.WRITE)).isEqualTo(1536);
        assertThat(times.bytes(Op.UPDATE)).isEqualTo(512);
        assertThat(times.bytes(Op.ZEROES)).isZero();
        assertThat(times.count(Op.READ)).isEqualTo(2);
        assertThat(times.bytes(Op.READ)).as("one of two failed").isEqualTo(4096);
    }
}
