package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** ORWRITE (16) (SBC-4 §5.12), atomic as COMPARE AND WRITE is. */
final class OrWrite extends RangeCommand {

    private static final int FUA = 3;

    OrWrite() {
        super(CdbLayout.SIXTEEN, "8B 18 FFFFFFFFFFFFFFFF FFFFFFFF 00 00");
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return layout().length(cdb) * disk.blockSize();
    }

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
            boolean fua = disk.writesThrough() || Cdb.bit(task.cdb, 1, FUA);
            long offset = layout().lba(task.cdb) * disk.blockSize();
            disk.device()
                    .update(
                            offset,
                            bytes,
                            fua,
                            current -> {
                                or(current, data);
                                return null;
                            },
                            task.execution());
        }
    }

    private static void or(ByteBuf current, ByteBuf data) {
        for (int i = 0; i < data.readableBytes(); i += Long.BYTES) {
            int at = current.readerIndex() + i;
            current.setLong(at, current.getLong(at) | data.getLong(data.readerIndex() + i));
        }
    }
}
