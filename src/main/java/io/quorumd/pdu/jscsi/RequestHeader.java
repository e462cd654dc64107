package io.quorumd.pdu.jscsi;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.ProtocolDataUnitFactory;

/**
 * Reads the headers of rare requests (NOP-Out, Login, Text, Logout) through jSCSI's parsers. Those refuse what a receiver has to
 * ignore (reserved fields, RFC 7143 §11), recurse into segments that are not there and die on opcodes they do not know,
 * so they get to see a copy in which only meaningful fields are left, of opcodes that they parse right. The hot ones
 * never come this way (docs/jscsi.md).
 */
public final class RequestHeader {

    /** Bytes of a basic header segment. */
    public static final int LENGTH = 48;

    public static final int LOGIN = 0x03;
    public static final int TEXT = 0x04;

    private static final ProtocolDataUnitFactory FACTORY = new ProtocolDataUnitFactory();

    /** By opcode: the bits that mean something. Lengths are left out, the framer has dealt with them. */
    private static final Map<Integer, byte[]> MEANINGFUL = Map.of(
            // ISID, TSIH and versions are read from the raw header, see LoginRequest.
            LOGIN, mask("7fcf0000 00000000 00000000 00000000 ffffffff ffff0000 ffffffff ffffffff"),
            TEXT, mask("7fc00000 00000000 ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff"));

    private RequestHeader() {}

    /** The opcode of a header, without the immediate bit. */
    public static int opcode(ByteBuf header) {
        return header.getByte(header.readerIndex()) & 0x3f;
    }

    /**
     * The header as jSCSI's object; {@code getBasicHeaderSegment().getParser()} is the parser of its opcode. Its lengths are
     * zero.
     *
     * @param header the 48 bytes from the reader index on; neither kept nor moved
     * @throws MalformedHeaderException where the opcode is neither, or fields contradict each other
     */
    public static ProtocolDataUnit read(ByteBuf header) throws MalformedHeaderException {
        byte[] mask = MEANINGFUL.get(opcode(header));
        if (mask == null) {
            throw new MalformedHeaderException("opcode 0x" + Integer.toHexString(opcode(header)));
        }
        byte[] clean = new byte[LENGTH];
        header.getBytes(header.readerIndex(), clean);
        for (int i = 0; i < LENGTH; i++) {
            clean[i] &= mask[i];
        }
        dropConditionallyReserved(clean);
        var pdu = FACTORY.create("None", "None");
        try {
            pdu.deserialize(ByteBuffer.wrap(clean));
        } catch (Exception refused) {
            throw new MalformedHeaderException(String.valueOf(refused.getMessage()));
        }
        return pdu;
    }

    private static void dropConditionallyReserved(byte[] header) {
        if ((header[0] & 0x3f) == LOGIN && (header[1] & 0x80) == 0) {
            header[1] &= (byte) 0xfc; // NSG means nothing without T (RFC 7143 §11.12.4); libiscsi sets it all the same
        }
    }

    private static byte[] mask(String hex) {
        byte[] mask = new byte[LENGTH];
        byte[] given = HexFormat.of().parseHex(hex.replace(" ", ""));
        System.arraycopy(given, 0, mask, 0, given.length);
        return mask;
    }
}
