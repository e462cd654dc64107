package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** What the Third-party Copy page says (SPC-5 §7.7.18): EXTENDED COPY (LID1) of blocks to blocks, and its limits. */
final class CopyLimits {

    private static final int SUPPORTED_COMMANDS = 0x0001;
    private static final int PARAMETER_DATA = 0x0004;
    private static final int SUPPORTED_DESCRIPTORS = 0x0008;
    private static final int GENERAL_COPY_OPERATIONS = 0x8001;

    private CopyLimits() {}

    static void write(ByteBuf page) {
        page.writeShort(SUPPORTED_COMMANDS).writeShort(8).writeByte(7);
        page.writeByte(0x83).writeByte(1).writeByte(0x00);
        page.writeByte(0x84).writeByte(2).writeByte(0x00).writeByte(0x03);

        page.writeShort(PARAMETER_DATA).writeShort(28).writeZero(8);
        page.writeShort(CopyRequest.MAX_TARGETS).writeShort(CopyRequest.MAX_SEGMENTS);
        page.writeInt(CopyRequest.MAX_DESCRIPTORS_LENGTH).writeInt(0).writeZero(8);

        page.writeShort(SUPPORTED_DESCRIPTORS).writeShort(4).writeByte(2);
        page.writeByte(CopyRequest.BLOCK_TO_BLOCK)
                .writeByte(CopyRequest.IDENTIFICATION)
                .writeByte(0);

        page.writeShort(GENERAL_COPY_OPERATIONS).writeShort(32);
        page.writeInt(ReceiveCopyResults.MAX_COPIES).writeInt(ReceiveCopyResults.MAX_COPIES);
        page.writeInt(ReceiveCopyResults.MAX_SEGMENT_BYTES);
        page.writeByte(ReceiveCopyResults.GRANULARITY_LOG2).writeByte(0).writeZero(18);
    }
}
