package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** PRE-FETCH (10) and (16) (SBC-4 §5.13). GOOD, not CONDITION MET, says that not everything was put into a cache. */
final class Prefetch extends RangeCommand {

    Prefetch(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    /** No blocks means all up to the end. */
    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return disk.checkRange(layout().lba(cdb), layout().length(cdb));
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        task.good();
    }
}
