package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** REPORT SUPPORTED OPERATION CODES (SPC-5 §6.35): what stands in {@link CommandSet}. */
final class ReportSupportedOpcodes extends Command {

    private static final int OPTIONS = 2;
    private static final int RCTD = 7;
    private static final int OPCODE = 3;
    private static final int SERVICE_ACTION = 4;

    // REPORTING OPTIONS

    private static final int EVERY_COMMAND = 0;
    private static final int BY_OPCODE = 1;
    private static final int BY_SERVICE_ACTION = 2;
    private static final int BY_BOTH = 3;

    private static final int TIMEOUTS_LENGTH = 12;

    ReportSupportedOpcodes() {
        super(0x0C, "A3 0C 87 FF FFFF FFFFFFFF 00 00");
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        boolean hasActions = CommandSet.hasServiceActions(Cdb.u8(cdb, OPCODE));
        boolean sensible = switch (Cdb.u8(cdb, OPTIONS) & 0x07) {
            case EVERY_COMMAND, BY_BOTH -> true;
            case BY_OPCODE -> !hasActions;
            case BY_SERVICE_ACTION -> hasActions;
            default -> false;
        };
        return sensible ? null : Sense.INVALID_FIELD_IN_CDB.atCdbBit(OPTIONS, 2);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        byte[] cdb = task.cdb;
        boolean timeouts = Cdb.bit(cdb, OPTIONS, RCTD);
        boolean everyCommand = (Cdb.u8(cdb, OPTIONS) & 0x07) == EVERY_COMMAND;
        ByteBuf data = everyCommand
                ? every(timeouts)
                : one(CommandSet.find(Cdb.u8(cdb, OPCODE), Cdb.u16(cdb, SERVICE_ACTION)), timeouts);
        DataIn.reply(task, data, Cdb.u32(cdb, 6));
    }

    private static ByteBuf every(boolean timeouts) {
        ByteBuf data = DataIn.buffer(1024).writeInt(0);
        for (Command command : CommandSet.all()) {
            boolean hasAction = command.serviceAction() != Command.NO_SERVICE_ACTION;
            data.writeByte(command.opcode()).writeByte(0);
            data.writeShort(hasAction ? command.serviceAction() : 0);
            data.writeByte(0).writeByte((timeouts ? 2 : 0) | (hasAction ? 1 : 0));
            data.writeShort(command.length());
            if (timeouts) {
                writeTimeouts(data);
            }
        }
        return data.setInt(0, data.writerIndex() - 4);
    }

    private static ByteBuf one(@Nullable Command command, boolean timeouts) {
        ByteBuf data = DataIn.buffer(32).writeByte(0);
        if (command == null) {
            return data.writeByte(0x01).writeShort(0);
        }
        data.writeByte(0x03 | (timeouts ? 0x80 : 0))
                .writeShort(command.length())
                .writeBytes(command.usage());
        if (timeouts) {
            writeTimeouts(data);
        }
        return data;
    }

    /** No timeouts are recommended: zeroes. */
    private static void writeTimeouts(ByteBuf data) {
        data.writeShort(TIMEOUTS_LENGTH - 2).writeZero(TIMEOUTS_LENGTH - 2);
    }
}
