package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** GET LBA STATUS (16) (SBC-4 §5.7): one extent, whose end the initiator asks on from. */
final class GetLbaStatus extends Command {

    /** More would take the device more than a moment to look through. */
    private static final long MAX_BYTES = 1L << 30;

    private static final int MAPPED_OR_UNKNOWN = 0x0;
    private static final int DEALLOCATED = 0x1;

    GetLbaStatus() {
        super(0x12, "9E 12 FFFFFFFFFFFFFFFF FFFFFFFF 00 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return disk.checkRange(Cdb.u64(cdb, 2), 1);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        int blockSize = disk.blockSize();
        long lba = Cdb.u64(task.cdb, 2);
        long length = Math.min(MAX_BYTES, (disk.capacity() - lba) * blockSize);
        disk.device().blockStatus(lba * blockSize, length, (bytes, allocated, error) -> {
            if (error != null) {
                task.execution().completed(null, error);
                return;
            }
            // A block that is deallocated in part holds data.
            boolean hole = !allocated && bytes >= blockSize;
            long blocks = hole ? bytes / blockSize : (bytes + blockSize - 1) / blockSize;
            ByteBuf data = DataIn.buffer(24).writeInt(20).writeInt(0);
            data.writeLong(lba).writeInt((int) blocks);
            data.writeByte(hole ? DEALLOCATED : MAPPED_OR_UNKNOWN).writeZero(3);
            DataIn.reply(task, data, Cdb.u32(task.cdb, 10));
        });
    }
}
