package io.quorumd.scsi;

import io.quorumd.block.Strand;

/** A disk under a number of a target. */
final class Lun implements LogicalUnit {

    private final LunMap map;
    private final Disk disk;
    private final boolean readOnly;

    Lun(LunMap map, Disk disk, boolean readOnly) {
        this.map = map;
        this.disk = disk;
        this.readOnly = readOnly;
    }

    LunMap map() {
        return map;
    }

    Disk disk() {
        return disk;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public Strand strand() {
        return disk.strand();
    }

    @Override
    public int accept(ScsiTask task) {
        return disk.accept(task, this);
    }

    @Override
    public void execute(ScsiTask task) {
        disk.execute(task);
    }

    @Override
    public void abort(ScsiTask task) {
        task.execution().abort();
    }

    @Override
    public void abortTaskSet(ItNexus nexus, Runnable done) {
        disk.abortTaskSet(nexus, done);
    }

    @Override
    public void clearTaskSet(ItNexus by, Runnable done) {
        disk.clearTaskSet(by, done);
    }

    @Override
    public void reset(Runnable done) {
        disk.reset(done);
    }

    @Override
    public void nexusLost(ItNexus nexus, Runnable done) {
        disk.nexusLost(nexus, done);
    }
}
