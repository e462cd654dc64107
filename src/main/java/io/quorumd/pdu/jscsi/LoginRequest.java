package io.quorumd.pdu.jscsi;

import io.netty.buffer.ByteBuf;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.login.LoginRequestParser;
import org.jscsi.parser.login.LoginStage;
import org.jspecify.annotations.Nullable;

/**
 * The header of a Login Request (RFC 7143 §11.12). ISID, TSIH and versions are read from the raw bytes: jSCSI takes the ISID apart and
 * loses bits, and refuses every VersionMax but 0 instead of negotiating.
 *
 * @param pdu as jSCSI read it
 * @param transit the T bit
 * @param more the C bit: the text goes on in the next request
 * @param next NSG, null where T is not set
 * @param isid48 the six bytes of the ISID, big-endian
 */
public record LoginRequest(
        ProtocolDataUnit pdu,
        boolean transit,
        boolean more,
        LoginStage stage,
        @Nullable LoginStage next,
        int versionMin,
        long isid48,
        int tsih,
        int initiatorTaskTag,
        int cid,
        int cmdSn,
        int expStatSn) {

    /**
     * @param header the 48 bytes from the reader index on; neither kept nor moved
     * @throws MalformedHeaderException for another opcode, reserved stages, T together with C, or a step backwards
     */
    public static LoginRequest read(ByteBuf header) throws MalformedHeaderException {
        if (RequestHeader.opcode(header) != RequestHeader.LOGIN) {
            throw new MalformedHeaderException("not a Login Request");
        }
        ProtocolDataUnit pdu = RequestHeader.read(header);
        var bhs = pdu.getBasicHeaderSegment();
        var parser = (LoginRequestParser) bhs.getParser();
        LoginStage stage = parser.getCurrentStageNumber();
        LoginStage next = bhs.isFinalFlag() ? parser.getNextStageNumber() : null;
        if (stage == null || stage == LoginStage.FULL_FEATURE_PHASE || (bhs.isFinalFlag() && next == null)) {
            throw new MalformedHeaderException("reserved stage");
        }
        return new LoginRequest(
                pdu,
                bhs.isFinalFlag(),
                parser.isContinueFlag(),
                stage,
                next,
                header.getUnsignedByte(header.readerIndex() + 3),
                isid48(header),
                header.getUnsignedShort(header.readerIndex() + 14),
                bhs.getInitiatorTaskTag(),
                parser.getConnectionID(),
                parser.getCommandSequenceNumber(),
                parser.getExpectedStatusSequenceNumber());
    }

    /** The ISID of a header, which an answer to a malformed one needs, too. */
    public static long isid48(ByteBuf header) {
        return header.getLong(header.readerIndex() + 8) >>> 16;
    }

    /** The initiator task tag of a header. */
    public static int initiatorTaskTag(ByteBuf header) {
        return header.getInt(header.readerIndex() + 16);
    }
}
