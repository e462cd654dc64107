package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.block.InlineDevice;
import io.quorumd.block.ManualStrand;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** READ and WRITE pass through this layer without leaving garbage. */
class HotPathTest {

    private static final int COMMANDS = 20_000;

    private static final class ReusedTask extends ScsiTask {
        private int finished;

        @Override
        protected void finished() {
            finished++;
        }
    }

    /** Nobody here gives back what a read answers with. */
    private final ByteBuf block = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[512]));

    private final InlineDevice device = new InlineDevice("one block", block, new ManualStrand());
    private final ReusedTask task = new ReusedTask();
    private final LunMap map = new LunMap("iqn.2026-11.io.quorumd:disk0", device.strand());

    private void run(LogicalUnit unit, byte[] cdb, long in, long out) {
        task.cdb = cdb;
        task.expectedDataIn = in;
        task.expectedDataOut = out;
        task.dataOut = out == 0 ? null : block;
        unit.accept(task);
        unit.execute(task);
    }

    @Test
    void readsAndWritesAllocateNothing() {
        map.add(0, new Disk(device, Bench.IDENTITY, 512, true, ReservationStore.NONE), false);
        LogicalUnit unit = map.logicalUnit(0);
        task.nexus(Bench.nexus("a"));
        byte[] read = HexFormat.of().parseHex("28000000000100000100000000000000");
        byte[] write = HexFormat.of().parseHex("8A000000000000000001000000010000");
        run(unit, read, 512, 0); // unit attention
        for (int i = 0; i < 100; i++) {
            run(unit, read, 512, 0);
            run(unit, write, 0, 512);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < COMMANDS / 2; i++) {
            run(unit, read, 512, 0);
            run(unit, write, 0, 512);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(task.status).isEqualTo(ScsiTask.GOOD);
        assertThat(task.finished).isEqualTo(201 + COMMANDS);
        // Less than a byte each: what the measurement itself takes.
        assertThat(allocated).isLessThan(COMMANDS);
    }
}
