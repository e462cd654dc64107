package io.quorumd.scsi;

/** RELEASE (6) and (10) (SPC-2 §7.17, §7.18). Who holds no reservation releases none, successfully. */
final class Release extends Command {

    Release(String usage) {
        super(usage);
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        if (disk.reservations().release(task.execution().nexus())) {
            task.good();
        } else {
            task.status(ScsiTask.RESERVATION_CONFLICT);
        }
    }
}
