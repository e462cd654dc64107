package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.iscsi.login.LoginPhase;
import io.quorumd.iscsi.login.LoginResult;
import io.quorumd.iscsi.login.LoginStep;
import io.quorumd.iscsi.login.ResponsePdu;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduSink;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection until it is logged in: passes Login Requests to the login phase and sends what that answers. */
final class LoginDialogue implements PduSink {

    private static final Logger LOG = LoggerFactory.getLogger(LoginDialogue.class);

    /** Class of a status (RFC 7143 §11.13.5): what somebody gets, among others, who tries names or secrets. */
    private static final int INITIATOR_ERROR = 2;

    private final IscsiConnection connection;
    private final PduWriter writer;
    private final ServerLoginPolicy policy;
    private final LoginPhase phase;
    private boolean answered;

    LoginDialogue(IscsiConnection connection, PduWriter writer) {
        this.connection = connection;
        this.writer = writer;
        this.policy = new ServerLoginPolicy(connection.server(), connection, connection.portalGroupTag());
        this.phase = new LoginPhase(
                connection, policy, connection.portal(), connection.server().random());
    }

    @Override
    public @Nullable ByteBuf place(Pdu pdu) {
        return null;
    }

    @Override
    public void received(Pdu pdu) {
        if (answered) {
            throw new ProtocolException("a PDU before the login was answered");
        }
        ByteBuf text = pdu.data();
        switch (phase.receive(pdu.basicHeader(), text == null ? Unpooled.EMPTY_BUFFER : text)) {
            case LoginStep.More(var response) -> send(response);
            case LoginStep.FullFeature(var response, var result) -> begin(response, result);
            case LoginStep.Refused(var response, var status, var reason) -> {
                answered = true;
                LOG.info("{}: login refused, {}: {}", connection, status, reason);
                if (status.value() >>> Byte.SIZE == INITIATOR_ERROR) {
                    connection.server().failedLogins().add(connection.source());
                }
                send(response);
                connection.closeAfterFlush();
            }
        }
    }

    /** The session has a place in the table now, and begins when the one that had it before is gone. */
    @SuppressWarnings("FutureReturnValueIgnored") // never fails
    private void begin(ResponsePdu response, LoginResult result) {
        answered = true;
        IscsiSession session = policy.opened();
        if (session == null) {
            throw new IllegalStateException("logged in without a session");
        }
        session.begin(result);
        connection.session(session);
        if (session.predecessorGone().isDone()) {
            enter(session, response);
        } else {
            session.predecessorGone()
                    .whenComplete((gone, never) -> connection.loop().execute(() -> enter(session, response)));
        }
    }

    private void enter(IscsiSession session, ResponsePdu response) {
        if (connection.isOpen()) {
            send(response);
            connection.enterFullFeaturePhase(session);
        }
    }

    private void send(ResponsePdu response) {
        int at = writer.begin();
        writer.header().setBytes(at, response.header(), response.header().readerIndex(), Pdu.HEADER_LENGTH);
        writer.end(at, response.data());
        response.header().release();
        connection.scheduleFlush();
    }
}
