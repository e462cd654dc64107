package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;

/**
 * Why a command ended in CHECK CONDITION (SPC-5 §4.5).
 *
 * @param key sense key, 0 to 15
 * @param asc additional sense code
 * @param ascq additional sense code qualifier
 * @param information INFORMATION field (an LBA, or the offset of a miscompare), or {@link #NO_INFORMATION}
 * @param specific the three bytes of sense-key specific data, with SKSV set, or 0 for none
 */
public record SenseData(int key, int asc, int ascq, long information, int specific) {

    public static final int NO_SENSE = 0x0;
    public static final int RECOVERED_ERROR = 0x1;
    public static final int NOT_READY = 0x2;
    public static final int MEDIUM_ERROR = 0x3;
    public static final int HARDWARE_ERROR = 0x4;
    public static final int ILLEGAL_REQUEST = 0x5;
    public static final int UNIT_ATTENTION = 0x6;
    public static final int DATA_PROTECT = 0x7;
    public static final int COPY_ABORTED = 0xA;
    public static final int ABORTED_COMMAND = 0xB;
    public static final int MISCOMPARE = 0xE;

    public static final long NO_INFORMATION = Long.MIN_VALUE;

    /** Bytes of the fixed format, ADDITIONAL SENSE LENGTH being 10. */
    public static final int FIXED_LENGTH = 18;

    private static final int SKSV = 0x800000;
    private static final int IN_CDB = 0x400000;
    private static final int BIT_POINTER_VALID = 0x080000;

    public SenseData(int key, int asc, int ascq) {
        this(key, asc, ascq, NO_INFORMATION, 0);
    }

    /**
     * Takes sense data apart that a device has sent, in whichever format: key and codes only.
     *
     * @param sense read from its reader index on, which stays where it is
     * @return NO SENSE with both codes 0 where it is too short, or of no known format, to say anything
     */
    public static SenseData read(ByteBuf sense) {
        int at = sense.readerIndex();
        int length = sense.readableBytes();
        int format = length == 0 ? 0 : sense.getByte(at) & 0x7f;
        boolean fixed = format == 0x70 || format == 0x71;
        boolean descriptors = format == 0x72 || format == 0x73;
        if (descriptors && length >= 4) {
            return new SenseData(
                    sense.getByte(at + 1) & 0xf, sense.getUnsignedByte(at + 2), sense.getUnsignedByte(at + 3));
        }
        if (fixed && length >= 3) {
            boolean codes = length >= 14;
            return new SenseData(
                    sense.getByte(at + 2) & 0xf,
                    codes ? sense.getUnsignedByte(at + 12) : 0,
                    codes ? sense.getUnsignedByte(at + 13) : 0);
        }
        return new SenseData(NO_SENSE, 0, 0);
    }

    public SenseData withInformation(long value) {
        return new SenseData(key, asc, ascq, value, specific);
    }

    /** Names a byte of the CDB (SPC-5 §4.5.2.4.2). */
    public SenseData atCdbByte(int offset) {
        return withSpecific(SKSV | IN_CDB | offset);
    }

    /** Names a field of the CDB by its first byte and, in it, its most significant bit. */
    public SenseData atCdbBit(int offset, int bit) {
        return withSpecific(SKSV | IN_CDB | BIT_POINTER_VALID | (bit << 16) | offset);
    }

    /** Names a byte of the parameter list. */
    public SenseData atParameterByte(int offset) {
        return withSpecific(SKSV | (offset & 0xFFFF));
    }

    /** How far an operation is, of 65536 (SPC-5 §4.5.2.4.4). */
    public SenseData withProgress(int value) {
        return withSpecific(SKSV | (value & 0xFFFF));
    }

    private SenseData withSpecific(int value) {
        return new SenseData(key, asc, ascq, information, value);
    }

    /** @param descriptorFormat as the D_SENSE bit of the Control mode page says */
    public int length(boolean descriptorFormat) {
        if (!descriptorFormat) {
            return FIXED_LENGTH;
        }
        return 8 + (information != NO_INFORMATION ? 12 : 0) + (specific != 0 ? 8 : 0);
    }

    /** Appends it in the fixed (70h) or descriptor (72h) format, as a current error. */
    public void write(ByteBuf out, boolean descriptorFormat) {
        if (descriptorFormat) {
            writeDescriptors(out);
        } else {
            writeFixed(out);
        }
    }

    private void writeFixed(ByteBuf out) {
        // An INFORMATION that does not fit its four bytes is left out: VALID says so (SPC-5 §4.5.3).
        boolean valid = information != NO_INFORMATION && information >>> 32 == 0;
        out.writeByte(valid ? 0xF0 : 0x70);
        out.writeByte(0);
        out.writeByte(key);
        out.writeInt(valid ? (int) information : 0);
        out.writeByte(FIXED_LENGTH - 8);
        out.writeInt(0);
        out.writeByte(asc);
        out.writeByte(ascq);
        out.writeByte(0);
        out.writeMedium(specific);
    }

    private void writeDescriptors(ByteBuf out) {
        out.writeByte(0x72);
        out.writeByte(key);
        out.writeByte(asc);
        out.writeByte(ascq);
        out.writeMedium(0);
        out.writeByte(length(true) - 8);
        if (information != NO_INFORMATION) {
            out.writeInt(0x000A8000);
            out.writeLong(information);
        }
        if (specific != 0) {
            out.writeInt(0x02060000);
            out.writeMedium(specific);
            out.writeByte(0);
        }
    }

    @Override
    public String toString() {
        return "sense %X/%02X/%02X".formatted(key, asc, ascq);
    }
}
