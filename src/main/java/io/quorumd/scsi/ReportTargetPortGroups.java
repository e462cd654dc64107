package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * REPORT TARGET PORT GROUPS (SPC-5 §6.37): each portal group is a group of one port, and every path to the disk is as good
 * as every other: active/optimized.
 */
final class ReportTargetPortGroups extends Command {

    private static final int EXTENDED_FORMAT = 1;
    private static final int ACTIVE_OPTIMIZED_ONLY = 0x01;

    ReportTargetPortGroups() {
        super(0x0A, "A3 EA 00000000 FFFFFFFF 00 00");
    }

    private static int format(byte[] cdb) {
        return Cdb.u8(cdb, 1) >> 5;
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        return format(cdb) > EXTENDED_FORMAT ? Sense.INVALID_FIELD_IN_CDB.atCdbBit(1, 7) : null;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        SortedSet<Integer> ports = task.execution().nexus().lun().map().ports(task.nexus());
        ByteBuf data = DataIn.buffer(8 + 12 * ports.size()).writeInt(0);
        if (format(task.cdb) == EXTENDED_FORMAT) {
            data.writeByte(EXTENDED_FORMAT << 4).writeZero(3);
        }
        for (int port : ports) {
            data.writeByte(0).writeByte(ACTIVE_OPTIMIZED_ONLY).writeShort(port);
            data.writeZero(3).writeByte(1);
            data.writeShort(0).writeShort(port);
        }
        data.setInt(0, data.writerIndex() - 4);
        DataIn.reply(task, data, Cdb.u32(task.cdb, 6));
    }
}
