package io.quorumd.scsi;

/**
 * START STOP UNIT (SBC-4 §5.31). Stopping makes what was written durable and nothing more: other initiators may be
 * using the disk, and there is nothing to spin down. Power conditions and ejecting are refused.
 */
final class StartStopUnit extends Command {

    private static final int START = 0;
    private static final int NO_FLUSH = 2;

    StartStopUnit() {
        super("1B 01 00 00 05 00");
    }

    @Override
    int access(byte[] cdb) {
        return Cdb.bit(cdb, 4, START) ? Access.LEGACY : Access.LEGACY | Access.WRITES;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        if (Cdb.bit(task.cdb, 4, START) || Cdb.bit(task.cdb, 4, NO_FLUSH)) {
            task.good();
        } else {
            disk.device().flush(task.execution());
        }
    }
}
