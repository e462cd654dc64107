package io.quorumd.scsi;

/** RESERVE (6) and (10), of the whole logical unit (SPC-2 §7.21, §7.22). */
final class Reserve extends Command {

    Reserve(String usage) {
        super(usage);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        if (disk.reservations().reserve(task.execution().nexus())) {
            task.good();
        } else {
            task.status(ScsiTask.RESERVATION_CONFLICT);
        }
    }
}
