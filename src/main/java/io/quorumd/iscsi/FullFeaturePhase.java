package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.iscsi.login.LoginResult;
import io.quorumd.iscsi.login.TextPhase;
import io.quorumd.iscsi.login.TextStep;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduSink;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import io.quorumd.pdu.TargetHeaders;
import io.quorumd.scsi.LogicalUnit;
import java.util.ArrayList;
import java.util.List;
import org.jscsi.target.connection.phase.TargetPhase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that is logged in: sorts what arrives to those who deal with it (RFC 7143 §7.1.1, §11). */
final class FullFeaturePhase extends TargetPhase implements PduSink {

    private static final Logger LOG = LoggerFactory.getLogger(FullFeaturePhase.class);

    /** The connection as ours; the superclass has it as jSCSI's. */
    private final IscsiConnection iscsi;

    private final IscsiSession session;
    private final CommandWindow window;
    private final Responses responses;
    private final CommandFlow flow;
    private final DataOutTransfer dataOut;
    private final TaskManagement taskManagement;
    private final TextPhase text;
    private final Logout logout;
    private final Keepalive keepalive;
    /** Every logical unit has forgotten the session. */
    private boolean nexusLost;

    FullFeaturePhase(IscsiConnection connection, IscsiSession session, PduWriter writer) {
        super(connection);
        iscsi = connection;
        this.session = session;
        LoginResult login = session.login();
        ServerContext server = connection.server();
        window = new CommandWindow(server.limits().window(session.isDiscovery()), login.cmdSn());
        responses = new Responses(writer, window, connection.allocator(), login.keys(), login.statSn());
        flow = new CommandFlow(connection, session, window, responses, this::control);
        dataOut = flow.dataOut();
        taskManagement = new TaskManagement(connection, session, flow, responses);
        text = new TextPhase(
                connection,
                new ServerLoginPolicy(server, connection, connection.portalGroupTag()),
                login,
                connection.portal());
        logout = new Logout(connection, login.cid(), flow, responses);
        keepalive = new Keepalive(connection, responses, session.isDiscovery(), server.limits());
    }

    void start() {
        keepalive.start();
    }

    @Override
    public @Nullable ByteBuf place(Pdu pdu) {
        return pdu.opcode() == Opcode.DATA_OUT ? dataOut.place(pdu) : null;
    }

    @Override
    public void received(Pdu pdu) {
        if (logout.begun()) {
            return;
        }
        switch (pdu.opcode()) {
            case Opcode.SCSI_COMMAND -> flow.scsiCommand(pdu);
            case Opcode.DATA_OUT -> dataOut.received(pdu);
            case Opcode.NOP_OUT, Opcode.TASK_MANAGEMENT_REQUEST, Opcode.TEXT_REQUEST, Opcode.LOGOUT_REQUEST ->
                flow.controlCommand(pdu);
            case Opcode.SNACK_REQUEST -> responses.reject(pdu, RejectReason.SNACK_REJECT);
            case Opcode.LOGIN_REQUEST -> throw new ProtocolException("a login request after the login");
            default -> responses.reject(pdu, RejectReason.COMMAND_NOT_SUPPORTED);
        }
        iscsi.scheduleFlush();
    }

    void heard() {
        keepalive.heard();
    }

    /** The last command in flight has ended. */
    void idle() {
        logout.idle();
        releaseWhenEnded();
    }

    int inFlight() {
        return flow.inFlight();
    }

    /** Asks the initiator to log out. */
    void requestLogout(int seconds) {
        responses.requestLogout(seconds);
        iscsi.scheduleFlush();
    }

    /** No more commands: those that run may end, those still waiting for data are dropped; then the connection closes. */
    void drain() {
        logout.drain();
    }

    /** The connection is gone: aborts everything, and lets go of the session when that has ended. */
    void close() {
        keepalive.stop();
        List<LogicalUnit> units = new ArrayList<>();
        if (!session.isDiscovery()) {
            session.scsi().logicalUnits().forEach(units::add);
        }
        flow.close();
        TaskManagement.forEachUnit(iscsi, units, (unit, done) -> unit.nexusLost(session.nexus(), done), () -> {
            nexusLost = true;
            releaseWhenEnded();
        });
    }

    private void releaseWhenEnded() {
        if (nexusLost && flow.inFlight() == 0) {
            nexusLost = false;
            iscsi.release();
        }
    }

    /** Tells the initiator that the connection is going to be dropped. */
    void announceDrop() {
        responses.announceDrop(session.login().cid());
    }

    private void control(Pdu pdu) {
        switch (pdu.opcode()) {
            case Opcode.NOP_OUT -> nopOut(pdu);
            case Opcode.TASK_MANAGEMENT_REQUEST -> taskManagement.received(pdu);
            case Opcode.TEXT_REQUEST -> text(pdu);
            case Opcode.LOGOUT_REQUEST -> logout.received(pdu);
            default -> throw new IllegalStateException("not a control command: " + pdu.opcode());
        }
    }

    /** One without a task tag answers a ping of ours, or wants no answer (RFC 7143 §11.18). */
    private void nopOut(Pdu pdu) {
        if (pdu.initiatorTaskTag() != TargetHeaders.NO_TAG) {
            responses.pong(pdu);
        } else if (!pdu.immediate()) {
            responses.reject(pdu, RejectReason.PROTOCOL_ERROR);
        }
    }

    private void text(Pdu pdu) {
        if (session.isDiscovery() && !iscsi.isWritable()) {
            iscsi.drop("it asks on without reading the answers");
            return;
        }
        ByteBuf data = pdu.data();
        ByteBuf keys = data == null ? Unpooled.EMPTY_BUFFER : data;
        switch (text.receive(pdu.basicHeader(), keys, responses.numbers())) {
            case TextStep.Answer(var response, int maxSendDataSegmentLength) -> {
                responses.maxSendDataSegmentLength(maxSendDataSegmentLength);
                responses.send(response);
            }
            case TextStep.Reject(int reason, String why) -> {
                LOG.info("{}: text request rejected: {}", iscsi, why);
                responses.reject(pdu, reason);
            }
        }
    }
}
