package io.quorumd.iscsi;

import io.quorumd.pdu.Pdu;

/**
 * The end of a connection in good order: by a Logout Request (RFC 7143 §11.14), or because the server stops. Commands
 * that run may end and are answered; those that wait for data will not get it and are dropped.
 */
final class Logout {

    private static final int CLOSE_SESSION = 0;
    private static final int CLOSE_CONNECTION = 1;

    private static final int CLOSED = 0;
    private static final int NO_SUCH_CID = 1;
    private static final int RECOVERY_NOT_SUPPORTED = 2;

    private final IscsiConnection connection;
    private final int cid;
    private final CommandFlow flow;
    private final Responses responses;
    private boolean begun;
    private boolean requested;
    private int initiatorTaskTag;

    Logout(IscsiConnection connection, int cid, CommandFlow flow, Responses responses) {
        this.connection = connection;
        this.cid = cid;
        this.flow = flow;
        this.responses = responses;
    }

    /** Whatever still arrives is ignored. */
    boolean begun() {
        return begun;
    }

    void received(Pdu pdu) {
        int reason = pdu.flags() & 0x7f;
        int tag = pdu.initiatorTaskTag();
        if (reason == CLOSE_SESSION || (reason == CLOSE_CONNECTION && pdu.intAt(20) >>> 16 == cid)) {
            requested = true;
            initiatorTaskTag = tag;
            drain();
        } else {
            responses.logout(tag, reason == CLOSE_CONNECTION ? NO_SUCH_CID : RECOVERY_NOT_SUPPORTED);
        }
    }

    void drain() {
        if (!begun) {
            begun = true;
            for (IscsiTask task : flow.tasks()) {
                if (!task.isComplete()) {
                    flow.abort(task);
                }
            }
            idle();
        }
    }

    /** The last command may have ended. */
    void idle() {
        if (begun && flow.inFlight() == 0 && connection.isOpen()) {
            if (requested) {
                requested = false;
                responses.logout(initiatorTaskTag, CLOSED);
            }
            connection.closeAfterFlush();
        }
    }
}
