package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** READ CAPACITY (16) (SBC-4 §5.21). */
final class ReadCapacity16 extends Command {

    private static final int LBPME_AND_LBPRZ = 0xC0;
    private static final int LENGTH = 32;

    ReadCapacity16() {
        super(0x10, "9E 10 0000000000000000 FFFFFFFF 00 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        ByteBuf data = DataIn.buffer(LENGTH);
        data.writeLong(disk.capacity() - 1);
        data.writeInt(disk.blockSize());
        data.writeByte(0);
        data.writeByte(Integer.numberOfTrailingZeros(disk.blocksPerPhysicalBlock()));
        data.writeByte(LBPME_AND_LBPRZ);
        data.writeZero(LENGTH - data.writerIndex());
        DataIn.reply(task, data, Cdb.u32(task.cdb, 10));
    }
}
