package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** A command on a range of blocks, which must lie on the medium and be no longer than the Block Limits page says. */
abstract class RangeCommand extends Command {

    private final CdbLayout layout;

    RangeCommand(CdbLayout layout, String usage) {
        super(usage);
        this.layout = layout;
    }

    RangeCommand(CdbLayout layout, int serviceAction, String usage) {
        super(serviceAction, usage);
        this.layout = layout;
    }

    final CdbLayout layout() {
        return layout;
    }

    /** The most blocks one command may name. */
    long maxBlocks(Disk disk) {
        return disk.maxTransferBlocks();
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        long blocks = layout.length(cdb);
        SenseData outside = disk.checkRange(layout.lba(cdb), blocks);
        if (outside != null) {
            return outside;
        }
        return blocks > maxBlocks(disk) ? Sense.INVALID_FIELD_IN_CDB.atCdbByte(layout.lengthOffset()) : null;
    }
}
