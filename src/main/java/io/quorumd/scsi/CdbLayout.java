package io.quorumd.scsi;

/** Where the commands that name a range of blocks have its LBA and its length (SBC-4 §5). */
enum CdbLayout {
    SIX(1, 4),
    TEN(2, 7),
    TWELVE(2, 6),
    SIXTEEN(2, 10);

    private final int lbaOffset;
    private final int lengthOffset;

    CdbLayout(int lbaOffset, int lengthOffset) {
        this.lbaOffset = lbaOffset;
        this.lengthOffset = lengthOffset;
    }

    int lbaOffset() {
        return lbaOffset;
    }

    int lengthOffset() {
        return lengthOffset;
    }

    /** Unsigned: from 2^63 on it comes out negative. */
    long lba(byte[] cdb) {
        return switch (this) {
            case SIX -> Cdb.u32(cdb, 0) & 0x1FFFFF;
            case TEN, TWELVE -> Cdb.u32(cdb, 2);
            case SIXTEEN -> Cdb.u64(cdb, 2);
        };
    }

    /** Blocks, as the field says. */
    long length(byte[] cdb) {
        return switch (this) {
            case SIX -> Cdb.u8(cdb, 4) == 0 ? 256 : Cdb.u8(cdb, 4);
            case TEN -> Cdb.u16(cdb, 7);
            case TWELVE -> Cdb.u32(cdb, 6);
            case SIXTEEN -> Cdb.u32(cdb, 10);
        };
    }
}
