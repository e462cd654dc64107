package io.quorumd.block.iscsi;

/** What a target says unasked (RFC 7143 §11.9.1). */
final class AsyncEvent {

    private static final int LOGOUT_REQUESTED = 1;
    private static final int CONNECTION_DROPPED = 2;
    private static final int ALL_CONNECTIONS_DROPPED = 3;
    private static final int NEGOTIATION_REQUESTED = 4;

    private AsyncEvent() {}

    static void tell(InitiatorSession session, int event) {
        switch (event) {
            case CONNECTION_DROPPED, ALL_CONNECTIONS_DROPPED -> session.fail("the target drops the connection");
            // One who declines to negotiate anew is logged out anyhow.
            case LOGOUT_REQUESTED, NEGOTIATION_REQUESTED -> {
                session.retire("the target asks for a logout");
                session.watch().leaveWhenIdle();
            }
            // SCSI events come again as unit attentions; vendors' events mean nothing to us.
            default -> {}
        }
    }
}
