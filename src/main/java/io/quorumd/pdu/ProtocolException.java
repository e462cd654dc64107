package io.quorumd.pdu;

/**
 * The peer broke the protocol so badly that the connection cannot go on. The message is one line for the log. Without a
 * stack trace: it is the peer's mistake, and must not cost us.
 */
public final class ProtocolException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ProtocolException(String message) {
        super(message, null, false, false);
    }
}
