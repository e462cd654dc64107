package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** LOG SENSE (SPC-5 §6.9): that there is nothing to worry about; the service's own health says more. */
final class LogSense extends Command {

    private static final int PAGE = 2;
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int INFORMATIONAL_EXCEPTIONS = 0x2F;

    LogSense() {
        super("4D 00 FF 00 00 FFFF FFFF 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    private static int page(byte[] cdb) {
        return Cdb.u8(cdb, PAGE) & 0x3F;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        int page = page(cdb);
        return page == SUPPORTED_PAGES || page == INFORMATIONAL_EXCEPTIONS
                ? null
                : Sense.INVALID_FIELD_IN_CDB.atCdbBit(PAGE, 5);
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        int page = page(task.cdb);
        ByteBuf data = DataIn.buffer(16).writeByte(page).writeByte(0).writeShort(0);
        if (page == SUPPORTED_PAGES) {
            data.writeByte(SUPPORTED_PAGES).writeByte(INFORMATIONAL_EXCEPTIONS);
        } else {
            // Parameter 0: format and linking binary, four bytes, no exception, no temperature.
            data.writeShort(0)
                    .writeByte(0x03)
                    .writeByte(4)
                    .writeShort(0)
                    .writeByte(0xFF)
                    .writeByte(0);
        }
        data.setShort(2, data.writerIndex() - 4);
        DataIn.reply(task, data, Cdb.u16(task.cdb, 7));
    }
}
