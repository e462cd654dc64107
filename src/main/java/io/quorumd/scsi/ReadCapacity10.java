package io.quorumd.scsi;

import org.jscsi.target.scsi.readCapacity.ReadCapacity10ParameterData;

/** READ CAPACITY (10) (SBC-4 §5.20): FFFFFFFFh for what only READ CAPACITY (16) can express. */
final class ReadCapacity10 extends Command {

    ReadCapacity10() {
        super("25 00 00000000 0000 00 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        long last = disk.capacity() - 1;
        DataIn.reply(task, DataIn.of(new ReadCapacity10ParameterData(last, disk.blockSize())), Integer.MAX_VALUE);
    }
}
