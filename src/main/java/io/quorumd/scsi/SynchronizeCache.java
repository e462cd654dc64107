package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/**
 * SYNCHRONIZE CACHE (10) and (16) (SBC-4 §5.35): the whole cache, whatever range is named. IMMED is heard and not
 * followed: status that comes only when the data is safe cannot mislead anybody.
 */
final class SynchronizeCache extends RangeCommand {

    SynchronizeCache(CdbLayout layout, String usage) {
        super(layout, usage);
    }

    /** No blocks means all up to the end. */
    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return disk.checkRange(layout().lba(cdb), layout().length(cdb));
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.WRITES;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        disk.device().flush(task.execution());
    }
}
