package io.quorumd.iscsi;

/** A portal cannot be listened on: the message names it and says why. */
public final class PortalBindException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Portal portal;

    PortalBindException(Portal portal, Throwable cause) {
        super("cannot listen on " + portal + ": " + cause.getMessage(), cause);
        this.portal = portal;
    }

    public Portal portal() {
        return portal;
    }
}
