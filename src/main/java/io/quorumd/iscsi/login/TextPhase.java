package io.quorumd.iscsi.login;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.jscsi.MalformedHeaderException;
import io.quorumd.pdu.jscsi.RequestHeader;
import io.quorumd.pdu.jscsi.ResponseHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jscsi.parser.text.TextRequestParser;
import org.jscsi.target.connection.Connection;
import org.jscsi.target.connection.TargetPduFactory;
import org.jscsi.target.connection.phase.TargetPhase;
import org.jspecify.annotations.Nullable;

/**
 * Text negotiation in full feature phase (RFC 7143 §11.10, §11.11): SendTargets, and what else may be said there. One negotiation at
 * a time, as §6.4 allows; a new one ends an unfinished one. Never blocks, never throws, holds at most 16 KiB of
 * questions. Used on the connection's event loop only.
 */
public final class TextPhase extends TargetPhase {

    private static final int NO_TAG = 0xffffffff;

    private final TextAnswers questions;
    private final TextAssembly incoming = new TextAssembly();
    private final TextPieces outgoing = new TextPieces();

    private int initiatorTaskTag;
    private int transferTag = NO_TAG;
    private int lastTag;

    /**
     * @param login what the login of this connection gave
     * @param portal the local address of the connection
     */
    public TextPhase(Connection connection, LoginPolicy policy, LoginResult login, InetSocketAddress portal) {
        super(connection);
        questions = new TextAnswers(policy, login, portal);
    }

    /**
     * Takes one PDU. Neither buffer is kept, moved or released.
     *
     * @param header the 48 bytes of the basic header segment
     * @param text the data segment without padding
     * @param numbers for the response
     */
    public TextStep receive(ByteBuf header, ByteBuf text, ResponseHeader.Numbers numbers) {
        try {
            var bhs = RequestHeader.read(header).getBasicHeaderSegment();
            if (!(bhs.getParser() instanceof TextRequestParser request)) {
                return reject(TextStep.Reject.PROTOCOL_ERROR, "not a Text Request");
            }
            String objection = follow(request.getTargetTransferTag(), bhs.getInitiatorTaskTag());
            if (objection != null) {
                return reject(TextStep.Reject.INVALID_PDU_FIELD, objection);
            }
            incoming.append(text);
            boolean goesOn = request.isContinueFlag();
            if (!outgoing.isEmpty() && (goesOn || !incoming.isEmpty())) {
                return reject(TextStep.Reject.PROTOCOL_ERROR, "text before our answer was complete");
            }
            if (outgoing.isEmpty() && !goesOn) {
                outgoing.put(questions.answer(incoming.take()).encode());
            }
            return answer(goesOn ? Unpooled.EMPTY_BUFFER : piece(), bhs.isFinalFlag(), numbers);
        } catch (MalformedHeaderException malformed) {
            return reject(TextStep.Reject.INVALID_PDU_FIELD, String.valueOf(malformed.getMessage()));
        } catch (TextFormatException malformed) {
            return reject(TextStep.Reject.PROTOCOL_ERROR, String.valueOf(malformed.getMessage()));
        }
    }

    private ByteBuf piece() {
        return outgoing.next(questions.maxSendDataSegmentLength());
    }

    /** Whether the request begins a negotiation or continues the one that is open; what is wrong otherwise. */
    private @Nullable String follow(int tag, int taskTag) {
        if (tag == NO_TAG) {
            forget();
            initiatorTaskTag = taskTag;
            return null;
        }
        return tag == transferTag && taskTag == initiatorTaskTag ? null : "no such text negotiation";
    }

    /** F is set once both have said all; until then a transfer tag holds the two together. */
    private TextStep answer(ByteBuf piece, boolean initiatorDone, ResponseHeader.Numbers numbers) {
        boolean more = !outgoing.isEmpty();
        boolean end = initiatorDone && !more;
        if (end) {
            forget();
        } else {
            transferTag = nextTag();
        }
        var pdu = TargetPduFactory.createTextResponsePdu(
                end, more, 0, initiatorTaskTag, transferTag, ByteBuffer.allocate(0));
        var response = new ResponsePdu(ResponseHeader.write(pdu, numbers, piece.readableBytes()), piece);
        return new TextStep.Answer(response, questions.maxSendDataSegmentLength());
    }

    private int nextTag() {
        lastTag++;
        return lastTag == NO_TAG ? ++lastTag : lastTag;
    }

    private TextStep reject(int reason, String why) {
        forget();
        return new TextStep.Reject(reason, why);
    }

    private void forget() {
        incoming.clear();
        outgoing.put(Unpooled.EMPTY_BUFFER);
        transferTag = NO_TAG;
    }
}
