package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** Standard INQUIRY data (SPC-5 §6.7.2). */
final class StandardInquiry {

    // Peripheral qualifier and device type.

    static final int DISK = 0x00;
    static final int WELL_KNOWN = 0x1E;
    static final int NOT_THERE = 0x7F;

    private static final int SPC_4 = 0x06;
    private static final int HISUP_AND_FORMAT_2 = 0x12;
    private static final int IMPLICIT_ALUA = 0x10;
    private static final int THIRD_PARTY_COPY = 0x08;
    private static final int CMDQUE = 0x02;
    /** SAM-5, iSCSI, SPC-4, SBC-3: no more is claimed than initiators and conformance suites can check. */
    private static final int[] VERSIONS = {0x00A0, 0x0960, 0x0460, 0x04C0};

    private static final int LENGTH = 96;
    private static final int VERSIONS_OFFSET = 58;

    private StandardInquiry() {}

    static ByteBuf data(int peripheral) {
        ByteBuf data = DataIn.buffer(LENGTH);
        data.writeByte(peripheral);
        data.writeByte(0);
        data.writeByte(SPC_4);
        data.writeByte(HISUP_AND_FORMAT_2);
        data.writeByte(LENGTH - 5);
        data.writeByte(peripheral == DISK ? IMPLICIT_ALUA | THIRD_PARTY_COPY : 0);
        data.writeByte(0);
        data.writeByte(CMDQUE);
        DataIn.writePadded(data, DiskIdentity.VENDOR, 8);
        DataIn.writePadded(data, DiskIdentity.PRODUCT, 16);
        DataIn.writePadded(data, DiskIdentity.REVISION, 4);
        data.writeZero(VERSIONS_OFFSET - data.writerIndex());
        for (int version : VERSIONS) {
            data.writeShort(version);
        }
        return data.writeZero(LENGTH - data.writerIndex());
    }
}
