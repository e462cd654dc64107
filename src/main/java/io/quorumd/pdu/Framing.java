package io.quorumd.pdu;

/**
 * What a connection accepts at the moment.
 *
 * @param opcodes bit n set: opcode n may come; any other ends the connection
 * @param maxDataSegmentLength bytes; a longer data segment ends the connection
 * @param maxAhsLength bytes of additional header segments, 0 to 1020
 * @param headerDigest each header is followed by a CRC32C
 * @param dataDigest each data segment is followed by a CRC32C
 */
public record Framing(
        long opcodes, int maxDataSegmentLength, int maxAhsLength, boolean headerDigest, boolean dataDigest) {

    /** Data segment limit before anything is negotiated (RFC 7143 §13.12). */
    public static final int LOGIN_DATA_SEGMENT_LENGTH = 8192;

    /** Until login is done: one opcode, the default limit, nothing else (RFC 7143 §6.1, §13.12). */
    public static Framing login(int opcode) {
        return new Framing(1L << opcode, LOGIN_DATA_SEGMENT_LENGTH, 0, false, false);
    }

    /** Afterwards: any opcode, since an unknown one is to be rejected, not to end the session (RFC 7143 §11.17.1). */
    public static Framing fullFeature(int maxDataSegmentLength, boolean headerDigest, boolean dataDigest) {
        return new Framing(-1L, maxDataSegmentLength, 1020, headerDigest, dataDigest);
    }

    boolean accepts(int opcode) {
        return (opcodes >>> opcode & 1) != 0;
    }
}
