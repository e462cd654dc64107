package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** UNMAP (SBC-4 §5.39). What is unmapped reads as zeroes; nothing is unmapped unless the whole list is valid. */
final class Unmap extends Command {

    static final int MAX_DESCRIPTORS = 256;

    private static final int HEADER = 8;
    private static final int DESCRIPTOR = 16;

    Unmap() {
        super("42 00 00000000 00 FFFF 00");
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return Cdb.u16(cdb, 7);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        int listLength = Cdb.u16(task.cdb, 7);
        ByteBuf list = task.dataOut;
        if (listLength == 0) {
            task.good();
            return;
        }
        if (list == null || list.readableBytes() < Math.max(HEADER, listLength)) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        SenseData invalid = check(disk, list);
        if (invalid != null) {
            task.checkCondition(invalid);
        } else {
            new Unmapping(disk, task, list).run();
        }
    }

    private static @Nullable SenseData check(Disk disk, ByteBuf list) {
        int count = count(list);
        if (count > MAX_DESCRIPTORS) {
            return Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(2);
        }
        long total = 0;
        for (int i = 0; i < count; i++) {
            long blocks = blocks(list, i);
            total += blocks;
            // A descriptor of no blocks is none (SBC-4 §5.39.2), wherever it points.
            SenseData outside = blocks == 0 ? null : disk.checkRange(lba(list, i), blocks);
            if (outside != null) {
                return outside;
            }
        }
        return total > disk.maxUnmapBlocks() ? Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(HEADER) : null;
    }

    /** Descriptors that are there in full: by BLOCK DESCRIPTOR DATA LENGTH and by what was sent. */
    private static int count(ByteBuf list) {
        int start = list.readerIndex();
        return Math.min(list.getUnsignedShort(start + 2), list.readableBytes() - HEADER) / DESCRIPTOR;
    }

    private static long lba(ByteBuf list, int index) {
        return list.getLong(list.readerIndex() + HEADER + index * DESCRIPTOR);
    }

    private static long blocks(ByteBuf list, int index) {
        return list.getUnsignedInt(list.readerIndex() + HEADER + index * DESCRIPTOR + 8);
    }

    private static final class Unmapping extends Steps {

        private final Disk disk;
        private final ScsiTask task;
        private final ByteBuf list;
        private final int count;
        private int index;

        Unmapping(Disk disk, ScsiTask task, ByteBuf list) {
            this.disk = disk;
            this.task = task;
            this.list = list;
            this.count = count(list);
        }

        @Override
        boolean next(Completion done) {
            while (index < count && blocks(list, index) == 0) {
                index++;
            }
            if (index == count) {
                return false;
            }
            long offset = lba(list, index) * disk.blockSize();
            long length = blocks(list, index) * disk.blockSize();
            index++;
            disk.device().writeZeroes(offset, length, true, disk.writesThrough(), done);
            return true;
        }

        @Override
        void ended(@Nullable BlockError error) {
            task.execution().completed(error);
        }
    }
}
