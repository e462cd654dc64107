package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/**
 * SANITIZE, OVERWRITE (SBC-4 §5.29). Not with IMMED: success is reported once every block has been overwritten, since a
 * restart in between would otherwise look like success. The other service actions promise what nobody here can vouch
 * for: that a medium below has forgotten, or that a key is gone.
 */
final class Sanitize extends Command {

    private static final int OVERWRITE = 0x01;
    private static final int LIST_HEADER = 4;
    private static final int INVERT = 0x80;
    private static final int COUNT = 0x1F;

    Sanitize() {
        super(OVERWRITE, "48 01 0000000000 FFFF 00");
    }

    @Override
    boolean changesMedium() {
        return true;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        long length = dataOut(disk, cdb);
        boolean possible = length > LIST_HEADER && length <= LIST_HEADER + disk.blockSize();
        return possible ? null : Sense.INVALID_FIELD_IN_CDB.atCdbByte(7);
    }

    @Override
    long dataOut(Disk disk, byte[] cdb) {
        return Cdb.u16(cdb, 7);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        ByteBuf list = task.dataOut;
        if (list == null || list.readableBytes() < dataOut(disk, task.cdb)) {
            task.checkCondition(Sense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        int flags = list.getUnsignedByte(list.readerIndex());
        int length = list.getUnsignedShort(list.readerIndex() + 2);
        int passes = flags & COUNT;
        if (passes == 0) {
            task.checkCondition(Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(0));
        } else if (length == 0 || length != list.readableBytes() - LIST_HEADER) {
            task.checkCondition(Sense.INVALID_FIELD_IN_PARAMETER_LIST.atParameterByte(2));
        } else {
            ByteBuf pattern = list.slice(list.readerIndex() + LIST_HEADER, length);
            disk.sanitizing().start(task, new Overwriting(disk, pattern, passes, (flags & INVERT) != 0));
        }
    }
}
