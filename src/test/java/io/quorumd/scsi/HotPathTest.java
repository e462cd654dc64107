package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.Completion;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.Strand;
import io.quorumd.block.Update;
import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** READ and WRITE pass through this layer without leaving garbage. */
class HotPathTest {

    private static final int COMMANDS = 20_000;

    /** Always the same block, at once. */
    private static final class OneBlock implements BlockDevice {
        private final Strand strand = new ManualStrand();
        private final ByteBuf block = Unpooled.wrappedBuffer(new byte[512]);

        @Override
        public String name() {
            return "one block";
        }

        @Override
        public long size() {
            return 1 << 20;
        }

        @Override
        public int physicalBlockSize() {
            return 512;
        }

        @Override
        public Strand strand() {
            return strand;
        }

        @Override
        public void read(long offset, int length, ReadCompletion done) {
            done.completed(block, null);
        }

        @Override
        public void write(long offset, ByteBuf source, boolean fua, Completion done) {
            done.completed(null);
        }

        @Override
        public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
            done.completed(null);
        }

        @Override
        public void update(long offset, int length, boolean fua, Update change, Completion done) {
            done.completed(null);
        }

        @Override
        public void flush(Completion done) {
            done.completed(null);
        }

        @Override
        public void close(Completion done) {
            done.completed(null);
        }
    }

    private static final class ReusedTask extends ScsiTask {
        private int finished;

        @Override
        protected void finished() {
            finished++;
        }
    }

    private final OneBlock device = new OneBlock();
    private final ReusedTask task = new ReusedTask();
    private final LunMap map = new LunMap("iqn.2026-11.io.quorumd:disk0", device.strand());

    private void run(LogicalUnit unit, byte[] cdb, long in, long out) {
        task.cdb = cdb;
        task.expectedDataIn = in;
        task.expectedDataOut = out;
        task.dataOut = out == 0 ? null : device.block;
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
