package io.quorumd.pdu.jscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.TargetMessageParser;
import org.jscsi.parser.login.ISID;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.login.LoginStatus;
import org.jscsi.target.connection.TargetPduFactory;

/**
 * Writes the headers of rare responses with jSCSI's objects. Data never goes through them: they would copy it, so only
 * its length is entered. Buffers are unpooled heap buffers of 48 bytes that the caller owns.
 */
public final class ResponseHeader {

    private ResponseHeader() {}

    /** The sequence numbers that every response carries (RFC 7143 §4.2.2). */
    public record Numbers(int statSn, int expCmdSn, int maxCmdSn) {}

    /** What a Login Response says besides the numbers (RFC 7143 §11.13). */
    public record Login(
            boolean transit,
            boolean more,
            LoginStage stage,
            LoginStage next,
            long isid48,
            int tsih,
            int initiatorTaskTag,
            LoginStatus status) {}

    /**
     * A Login Response. jSCSI extends the sign of ISID and TSIH into their neighbours and drops a part of the ISID, so
     * both are entered raw; it refuses to write a refusal whose StatSN is not 0, so that is entered afterwards as well.
     *
     * @param dataLength bytes of the text that follows
     */
    public static ByteBuf login(Login login, Numbers numbers, int dataLength) {
        var noIsid = new ISID();
        noIsid.clear();
        var pdu = TargetPduFactory.createLoginResponsePdu(
                login.transit(),
                login.more(),
                login.stage(),
                login.transit() ? login.next() : LoginStage.SECURITY_NEGOTIATION,
                noIsid,
                (short) 0,
                login.initiatorTaskTag(),
                login.status(),
                ByteBuffer.allocate(0));
        ByteBuf header = write(pdu, numbers, dataLength);
        header.setLong(8, login.isid48() << 16 | (login.tsih() & 0xffff));
        return header;
    }

    /**
     * The 48 bytes of any response made by jSCSI's {@link TargetPduFactory}: NOP-In, Text, Logout, R2T and SCSI Response
     * come out right; Data-In, task management, Reject and Async do not (docs/jscsi.md).
     *
     * @param dataLength bytes of the data segment that follows, without padding
     */
    public static ByteBuf write(ProtocolDataUnit pdu, Numbers numbers, int dataLength) {
        var parser = (TargetMessageParser) pdu.getBasicHeaderSegment().getParser();
        parser.setStatusSequenceNumber(0);
        ByteBuf header;
        try {
            header = Unpooled.wrappedBuffer(pdu.serialize());
        } catch (Exception refused) {
            // Every field is ours: only a mistake in this program gets here.
            throw new IllegalStateException(refused);
        }
        header.setMedium(5, dataLength);
        header.setInt(24, numbers.statSn());
        header.setInt(28, numbers.expCmdSn());
        header.setInt(32, numbers.maxCmdSn());
        return header.slice(0, RequestHeader.LENGTH);
    }
}
