package io.quorumd.scsi;

/** PREVENT ALLOW MEDIUM REMOVAL (SBC-4 §5.14): the medium cannot be removed, so either way nothing changes. */
final class PreventAllow extends Command {

    private static final int PREVENT = 0;

    PreventAllow() {
        super("1E 00 0000 01 00");
    }

    @Override
    int access(byte[] cdb) {
        return Cdb.bit(cdb, 4, PREVENT) ? Access.LEGACY | Access.READS | Access.WRITES : Access.NONE;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        task.good();
    }
}
