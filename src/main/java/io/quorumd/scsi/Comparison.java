package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;

/** Where data is not as an initiator says. */
final class Comparison {

    private Comparison() {}

    /**
     * @param wanted what is to be there, not empty; when shorter than {@code found}, over and over
     * @return offset of the first byte of {@code found} that differs, or -1
     */
    static int firstDifference(ByteBuf found, ByteBuf wanted) {
        int unit = wanted.readableBytes();
        if (unit == 0 || found.readableBytes() % unit != 0) {
            throw new IllegalArgumentException(found.readableBytes() + " bytes cannot be compared with " + unit);
        }
        for (int offset = 0; offset < found.readableBytes(); offset += unit) {
            int difference = firstDifference(found, offset, wanted, unit);
            if (difference >= 0) {
                return offset + difference;
            }
        }
        return -1;
    }

    /** The same for {@code length} bytes, those of {@code found} from {@code offset} on. */
    static int firstDifference(ByteBuf found, int offset, ByteBuf wanted, int length) {
        int from = found.readerIndex() + offset;
        int against = wanted.readerIndex();
        for (int i = 0; i < length; i += Long.BYTES) {
            long bits = found.getLong(from + i) ^ wanted.getLong(against + i);
            if (bits != 0) {
                return i + Long.numberOfLeadingZeros(bits) / Byte.SIZE;
            }
        }
        return -1;
    }
}
