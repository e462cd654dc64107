package io.quorumd.iscsi.login;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.jscsi.LoginRequest;
import io.quorumd.pdu.jscsi.MalformedHeaderException;
import io.quorumd.pdu.jscsi.RequestHeader;
import io.quorumd.pdu.jscsi.ResponseHeader;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.login.LoginStatus;
import org.jscsi.target.connection.Connection;
import org.jscsi.target.connection.phase.TargetPhase;
import org.jscsi.target.settings.TextKeyword;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login of one connection (RFC 7143 §6.3): takes Login Requests as they come in, says what to send and where that leads. Never
 * blocks, never throws, holds at most 16 KiB of questions and 88 KiB of answers. Used on the connection's event loop only. A time limit on the whole login
 * is the connection's business.
 */
public final class LoginPhase extends TargetPhase {

    private static final Logger LOG = LoggerFactory.getLogger(LoginPhase.class);

    /** A login takes two to six; an endless one ends here. */
    private static final int REQUESTS_MAX = 64;

    private final LoginExchange exchange;
    private final SecurityStage security;
    private final OperationalStage operational;
    private final TextAssembly incoming = new TextAssembly();
    private final TextPieces outgoing = new TextPieces();

    private @Nullable LoginRequest first;
    private LoginStage stage = LoginStage.SECURITY_NEGOTIATION;
    private int statSn;
    private int requests;
    private boolean ended;

    /**
     * @param connection may be without a session and settings as yet
     * @param portal the local address of the connection
     * @param random for challenges
     */
    public LoginPhase(Connection connection, LoginPolicy policy, InetSocketAddress portal, SecureRandom random) {
        super(connection);
        exchange = new LoginExchange(policy, portal);
        security = new SecurityStage(this, exchange, random);
        operational = new OperationalStage(this, exchange);
    }

    /**
     * Takes one PDU. Neither buffer is kept, moved or released. After a step other than {@link LoginStep.More} there is no
     * next one.
     *
     * @param header the 48 bytes of the basic header segment
     * @param text the data segment without padding, at most 8192 bytes
     */
    public LoginStep receive(ByteBuf header, ByteBuf text) {
        try {
            if (ended || RequestHeader.opcode(header) != RequestHeader.LOGIN) {
                throw new LoginRefusal(LoginStatus.INVALID_DURING_LOGIN, "opcode " + RequestHeader.opcode(header));
            }
            return step(LoginRequest.read(header), text);
        } catch (LoginRefusal refusal) {
            return refused(header, refusal);
        } catch (MalformedHeaderException | TextFormatException malformed) {
            return refused(header, LoginRefusal.initiatorError(String.valueOf(malformed.getMessage())));
        } catch (RuntimeException mistake) {
            LOG.error("A login met a mistake of this program", mistake);
            return refused(header, new LoginRefusal(LoginStatus.TARGET_ERROR, mistake.toString()));
        }
    }

    private LoginStep step(LoginRequest request, ByteBuf text) throws LoginRefusal, TextFormatException {
        follow(request);
        incoming.append(text);
        if (!outgoing.isEmpty()) {
            if (request.more() || !incoming.isEmpty()) {
                throw LoginRefusal.initiatorError("text before our answer was complete");
            }
            return reply(request);
        }
        if (request.more()) {
            return new LoginStep.More(response(request, false, false, 0, Unpooled.EMPTY_BUFFER));
        }
        exchange.begin(incoming.take());
        if (stage != LoginStage.SECURITY_NEGOTIATION && !security.complete()) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "no security stage where CHAP is required");
        }
        if (security.complete()) {
            exchange.redirect();
        }
        current().execute(request.pdu());
        outgoing.put(exchange.answers().encode());
        return reply(request);
    }

    /** Whether the request continues what the ones before it began (RFC 7143 §6.3.1, §11.12). */
    private void follow(LoginRequest request) throws LoginRefusal {
        LoginRequest leader = first;
        if (leader == null) {
            first = request;
            stage = request.stage();
            statSn = request.expStatSn();
        } else if (request.isid48() != leader.isid48()
                || request.tsih() != leader.tsih()
                || request.cid() != leader.cid()
                || request.cmdSn() != leader.cmdSn()
                || request.initiatorTaskTag() != leader.initiatorTaskTag()) {
            throw LoginRefusal.initiatorError("ISID, TSIH, CID, CmdSN or task tag changed during login");
        }
        if (request.versionMin() > 0) {
            throw new LoginRefusal(LoginStatus.UNSUPPORTED_VERSION, "VersionMin " + request.versionMin());
        }
        if (request.stage() != stage) {
            throw LoginRefusal.initiatorError("stage " + request.stage() + " during " + stage);
        }
        if (++requests > REQUESTS_MAX) {
            throw LoginRefusal.initiatorError("more than " + REQUESTS_MAX + " login requests");
        }
    }

    private KeyStage current() {
        return stage == LoginStage.SECURITY_NEGOTIATION ? security : operational;
    }

    private LoginStep reply(LoginRequest request) throws LoginRefusal {
        ByteBuf piece = outgoing.next(OperationalNegotiator.DEFAULT_DATA_SEGMENT_LENGTH);
        boolean more = !outgoing.isEmpty();
        LoginStage next = request.next();
        boolean redirected = next == LoginStage.FULL_FEATURE_PHASE && exchange.isRedirected();
        if (next == null || more || redirected || !current().complete()) {
            return new LoginStep.More(response(request, false, more, 0, piece));
        }
        if (next == LoginStage.FULL_FEATURE_PHASE) {
            return finish(request, piece);
        }
        var response = response(request, true, false, 0, piece);
        stage = next;
        return new LoginStep.More(response);
    }

    private LoginStep finish(LoginRequest request, ByteBuf text) throws LoginRefusal {
        SessionIdentity session = exchange.session(request.isid48());
        if (request.tsih() != 0) {
            // MaxConnections is 1: a second connection finds the session full, whichever CID it has.
            throw exchange.policy().hasSession(session, request.tsih())
                    ? new LoginRefusal(LoginStatus.TOO_MANY_CONNECTIONS, "second connection of TSIH " + request.tsih())
                    : new LoginRefusal(LoginStatus.SESSION_DOSE_NOT_EXIST, "no session of TSIH " + request.tsih());
        }
        int tsih = exchange.policy().openSession(session);
        if (tsih == 0) {
            throw new LoginRefusal(LoginStatus.OUT_OF_RESOURCES, "no more sessions");
        }
        ended = true;
        var response = response(request, true, false, tsih, text);
        var result = new LoginResult(
                exchange.initiatorName(),
                exchange.alias(),
                request.isid48(),
                tsih,
                exchange.targetName(),
                exchange.portalGroupTag(),
                request.cid(),
                request.cmdSn(),
                statSn,
                exchange.negotiator().keys(operational.maxRecvDataSegmentLength()));
        return new LoginStep.FullFeature(response, result);
    }

    /** A response with status 0. Login Requests are immediate: ExpCmdSN stays at their CmdSN. */
    private ResponsePdu response(LoginRequest request, boolean transit, boolean more, int tsih, ByteBuf text) {
        LoginStage next = request.next() == null ? LoginStage.SECURITY_NEGOTIATION : request.next();
        var login = new ResponseHeader.Login(
                transit,
                more,
                stage,
                next,
                request.isid48(),
                tsih == 0 ? request.tsih() : tsih,
                request.initiatorTaskTag(),
                LoginStatus.SUCCESS);
        var numbers =
                new ResponseHeader.Numbers(statSn++, request.cmdSn(), request.cmdSn() + exchange.commandWindow() - 1);
        return new ResponsePdu(ResponseHeader.login(login, numbers, text.readableBytes()), text);
    }

    /** The numbers of a refusal mean nothing (RFC 7143 §11.13.5) and are 0. */
    private LoginStep refused(ByteBuf header, LoginRefusal refusal) {
        ended = true;
        incoming.clear();
        var keys = new TextKeys();
        if (refusal.movedTo() != null) {
            keys.add(TextKeyword.TARGET_ADDRESS, refusal.movedTo());
        }
        ByteBuf text = keys.encode();
        var login = new ResponseHeader.Login(
                false,
                false,
                stage,
                LoginStage.SECURITY_NEGOTIATION,
                LoginRequest.isid48(header),
                header.getUnsignedShort(header.readerIndex() + 14),
                LoginRequest.initiatorTaskTag(header),
                refusal.status());
        var numbers = new ResponseHeader.Numbers(0, 0, 0);
        var response = new ResponsePdu(ResponseHeader.login(login, numbers, text.readableBytes()), text);
        return new LoginStep.Refused(response, refusal.status(), refusal.reason());
    }
}
