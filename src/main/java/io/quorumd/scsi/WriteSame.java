package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/**
 * WRITE SAME (10) and (16) (SBC-4 §5.49, §5.50). Zeroes are handed to the device as such; with UNMAP it gives the space
 * back. Anything else is written, UNMAP or not, since unmapped blocks read as zeroes.
 */
final class WriteSame extends RangeCommand {

    private static final int UNMAP = 3;
    private static final int NDOB = 0;
    private static final int CHUNK_BYTES = 1 << 20;

    WriteSame(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    long maxBlocks(Disk disk) {
        return disk.maxWriteSameBlocks();
    }

    /** WSNZ: no blocks does not mean all. */
    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        if (layout().length(cdb) == 0) {
            return Sense.INVALID_FIELD_IN_CDB.atCdbByte(layout().lengthOffset());
        }
        return super.checkFields(disk, cdb);
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return Cdb.bit(cdb, 1, NDOB) ? 0 : disk.blockSize();
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        byte[] cdb = task.cdb;
        long offset = layout().lba(cdb) * disk.blockSize();
        long length = layout().length(cdb) * disk.blockSize();
        ByteBuf block = task.dataOut;
        boolean noData = Cdb.bit(cdb, 1, NDOB);
        if (task.expectedDataOut != dataOut(disk, cdb) || (!noData && (block == null || !isWhole(disk, block)))) {
            task.checkCondition(Sense.INVALID_FIELD_IN_INFORMATION_UNIT);
        } else if (noData || block == null || isZero(block)) {
            boolean unmap = Cdb.bit(cdb, 1, UNMAP);
            disk.device().writeZeroes(offset, length, unmap, disk.writesThrough(), task.execution());
        } else {
            new Filling(disk, task, block, offset, length).run();
        }
    }

    private static boolean isWhole(Disk disk, ByteBuf block) {
        return block.readableBytes() == disk.blockSize();
    }

    private static boolean isZero(ByteBuf block) {
        for (int i = block.readerIndex(); i < block.writerIndex(); i += Long.BYTES) {
            if (block.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes the block all over the range, a chunk of copies at a time. */
    private static final class Filling extends Steps {

        private final Disk disk;
        private final ScsiTask task;
        private final ByteBuf chunk;
        private final long end;
        private long offset;

        Filling(Disk disk, ScsiTask task, ByteBuf block, long offset, long length) {
            this.disk = disk;
            this.task = task;
            this.offset = offset;
            this.end = offset + length;
            int bytes = (int) Math.min(length, CHUNK_BYTES);
            this.chunk = DataIn.buffer(bytes);
            while (chunk.writerIndex() < bytes) {
                chunk.writeBytes(block, block.readerIndex(), disk.blockSize());
            }
        }

        @Override
        boolean next(Completion done) {
            if (offset == end) {
                return false;
            }
            int bytes = (int) Math.min(end - offset, chunk.writerIndex());
            long at = offset;
            offset += bytes;
            disk.device().write(at, chunk.slice(0, bytes), disk.writesThrough(), done);
            return true;
        }

        @Override
        void ended(@Nullable BlockError error) {
            chunk.release();
            task.execution().completed(error);
        }
    }
}
