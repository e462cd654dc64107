package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** WRITE (6), (10), (12), (16) (SBC-4 §5.40 to §5.43). */
final class Write extends RangeCommand {

    private static final int FUA = 3;

    Write(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return layout().length(cdb) * disk.blockSize();
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    /** An initiator that sends fewer blocks than it names has those written that it sent; the rest is residual. */
    @Override
    void run(Disk disk, ScsiTask task) {
        task.transferLength = dataOut(disk, task.cdb);
        ByteBuf data = task.dataOut;
        int bytes = data == null ? 0 : data.readableBytes();
        if (data == null || bytes == 0) {
            task.good();
        } else if (bytes % disk.blockSize() != 0) {
            task.checkCondition(Sense.INVALID_FIELD_IN_INFORMATION_UNIT);
        } else {
            boolean fua = disk.writesThrough() || (layout() != CdbLayout.SIX && Cdb.bit(task.cdb, 1, FUA));
            disk.device().write(layout().lba(task.cdb) * disk.blockSize(), data, fua, task.execution());
        }
    }
}
