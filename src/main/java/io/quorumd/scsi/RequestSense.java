package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** REQUEST SENSE (SPC-5 §6.45): the pending unit attention, which it clears, as parameter data. */
final class RequestSense extends Command {

    private static final int DESC = 0;

    RequestSense() {
        super("03 01 00 00 FF 00");
    }

    @Override
    boolean isImmediate() {
        return true;
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        @Nullable SenseData pending = task.execution().nexus().takeAttention();
        if (pending == null) {
            pending = disk.sanitizing().state();
        }
        reply(task, Objects.requireNonNullElse(pending, Sense.NONE));
    }

    static void reply(ScsiTask task, SenseData sense) {
        ByteBuf data = DataIn.buffer(SenseData.FIXED_LENGTH);
        sense.write(data, Cdb.bit(task.cdb, 1, DESC));
        DataIn.reply(task, data, Cdb.u8(task.cdb, 4));
    }
}
