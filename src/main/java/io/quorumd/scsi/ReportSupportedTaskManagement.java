package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-5 §6.36). */
final class ReportSupportedTaskManagement extends Command {

    private static final int REPD = 7;
    /** ABORT TASK, ABORT TASK SET, CLEAR TASK SET, LOGICAL UNIT RESET, TARGET RESET. */
    private static final int SUPPORTED = 0x80 | 0x40 | 0x10 | 0x08 | 0x02;

    ReportSupportedTaskManagement() {
        super(0x0D, "A3 0D 80 000000 FFFFFFFF 00 00");
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        boolean extended = Cdb.bit(task.cdb, 2, REPD);
        ByteBuf data = DataIn.zeroed(extended ? 16 : 4).setByte(0, SUPPORTED);
        data.setByte(3, data.writerIndex() - 4);
        DataIn.reply(task, data, Cdb.u32(task.cdb, 6));
    }
}
