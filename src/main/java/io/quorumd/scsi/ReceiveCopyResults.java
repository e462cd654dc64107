package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** RECEIVE COPY STATUS (LID1) and RECEIVE COPY OPERATING PARAMETERS (SPC-5 §6.24, §6.22). */
final class ReceiveCopyResults extends Command {

    private static final int COPY_STATUS = 0x00;
    private static final int OPERATING_PARAMETERS = 0x03;

    private static final int LIST_ID = 2;
    private static final int COMPLETED = 0x01;
    private static final int COMPLETED_WITH_ERRORS = 0x02;
    /** SNLID: copies without a list identifier may run side by side. */
    private static final int SNLID = 0x01;

    /** Blocks a segment can name, times the largest block. */
    static final int MAX_SEGMENT_BYTES = 0xFFFF * 4096;

    /** More than initiators' command windows let them send is not refused; this is what there is room to say. */
    static final int MAX_COPIES = 0xFF;

    static final int GRANULARITY_LOG2 = 9;

    private final int action;

    private ReceiveCopyResults(int action, String usage) {
        super(action, usage);
        this.action = action;
    }

    static ReceiveCopyResults copyStatus() {
        return new ReceiveCopyResults(COPY_STATUS, "84 00 FF 00000000000000 FFFFFFFF 00 00");
    }

    static ReceiveCopyResults operatingParameters() {
        return new ReceiveCopyResults(OPERATING_PARAMETERS, "84 03 00 00000000000000 FFFFFFFF 00 00");
    }

    @Override
    int access(byte[] cdb) {
        return Access.LEGACY | Access.READS;
    }

    @Override
    void run(Disk disk, ScsiTask task) {
        if (action == OPERATING_PARAMETERS) {
            DataIn.reply(task, operatingParametersData(), Cdb.u32(task.cdb, 10));
            return;
        }
        CopyStatus status = task.execution().nexus().takeCopyStatus(Cdb.u8(task.cdb, LIST_ID));
        if (status == null) {
            task.checkCondition(Sense.INVALID_FIELD_IN_CDB.atCdbByte(LIST_ID));
        } else {
            DataIn.reply(task, statusData(status), Cdb.u32(task.cdb, 10));
        }
    }

    private static ByteBuf statusData(CopyStatus status) {
        ByteBuf data = DataIn.buffer(12).writeInt(8);
        data.writeByte(status.succeeded() ? COMPLETED : COMPLETED_WITH_ERRORS);
        return data.writeShort(status.segments()).writeByte(0).writeInt(0);
    }

    private static ByteBuf operatingParametersData() {
        ByteBuf data = DataIn.buffer(48).writeInt(0);
        data.writeByte(SNLID).writeZero(3);
        data.writeShort(CopyRequest.MAX_TARGETS).writeShort(CopyRequest.MAX_SEGMENTS);
        data.writeInt(CopyRequest.MAX_DESCRIPTORS_LENGTH);
        data.writeInt(MAX_SEGMENT_BYTES);
        data.writeInt(0).writeInt(0).writeInt(0); // inline data, held data, stream data
        data.writeShort(0).writeShort(MAX_COPIES).writeByte(MAX_COPIES);
        data.writeByte(GRANULARITY_LOG2).writeShort(0);
        data.writeZero(3).writeByte(2).writeByte(CopyRequest.BLOCK_TO_BLOCK).writeByte(CopyRequest.IDENTIFICATION);
        return data.setInt(0, data.writerIndex() - 4);
    }
}
