package io.quorumd.scsi;

/** TEST UNIT READY (SPC-5 §6.52): a disk that is there is ready; what its medium cannot do, reads and writes tell. */
final class TestUnitReady extends Command {

    TestUnitReady() {
        super("00 00 00 00 00 00");
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        task.good();
    }
}
