package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** WRITE AND VERIFY (10), (12), (16) (SBC-4 §5.46 to §5.48): written through, read back, and with BYTCHK compared. */
final class WriteAndVerify extends RangeCommand {

    private static final int BYTCHK = 1;

    WriteAndVerify(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return layout().length(cdb) * disk.blockSize();
    }

    /** As {@link Write} does: what was sent in whole blocks is written. */
    @Override
    void run(Disk disk, ScsiTask task) {
        task.transferLength = dataOut(disk, task.cdb);
        ByteBuf data = task.dataOut;
        int bytes = data == null ? 0 : data.readableBytes();
        if (data == null || bytes == 0) {
            task.good();
            return;
        }
        if (bytes % disk.blockSize() != 0) {
            task.checkCondition(Sense.INVALID_FIELD_IN_INFORMATION_UNIT);
            return;
        }
        long offset = layout().lba(task.cdb) * disk.blockSize();
        disk.device().write(offset, data, true, error -> {
            if (error != null) {
                task.execution().completed(error);
            } else {
                verify(disk, task, offset, bytes);
            }
        });
    }

    private static void verify(Disk disk, ScsiTask task, long offset, int bytes) {
        ByteBuf compared = Cdb.bit(task.cdb, 1, BYTCHK) ? task.dataOut : null;
        disk.device().read(offset, bytes, (found, error) -> Verify.compared(task, compared, found, error));
    }
}
