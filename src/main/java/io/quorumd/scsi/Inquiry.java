package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/** INQUIRY (SPC-5 §6.7). */
final class Inquiry extends Command {

    private static final int EVPD = 0;
    private static final int PAGE_CODE = 2;

    Inquiry() {
        super("12 01 FF FFFF 00");
    }

    static boolean isVpd(byte[] cdb) {
        return Cdb.bit(cdb, 1, EVPD);
    }

    @Override
    boolean isImmediate() {
        return true;
    }

    @Override
    @Nullable
    SenseData checkFields(Disk disk, byte[] cdb) {
        int page = Cdb.u8(cdb, PAGE_CODE);
        boolean known = isVpd(cdb) ? VpdPages.has(page) : page == 0;
        return known ? null : Sense.INVALID_FIELD_IN_CDB.atCdbByte(PAGE_CODE);
    }

    @Override
    int access(byte[] cdb) {
        return Access.NONE;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        ByteBuf data = isVpd(task.cdb)
                ? VpdPages.page(Cdb.u8(task.cdb, PAGE_CODE), disk, task)
                : StandardInquiry.data(StandardInquiry.DISK);
        reply(task, data);
    }

    static void reply(ScsiTask task, ByteBuf data) {
        DataIn.reply(task, data, Cdb.u16(task.cdb, 3));
    }
}
