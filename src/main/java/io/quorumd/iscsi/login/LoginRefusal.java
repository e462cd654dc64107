package io.quorumd.iscsi.login;

import org.jscsi.exception.InternetSCSIException;
import org.jscsi.parser.login.LoginStatus;
import org.jspecify.annotations.Nullable;

/** Ends a login with a status (RFC 7143 §11.13.5). A peer's mistake, not ours: no stack trace. */
final class LoginRefusal extends InternetSCSIException {

    private static final long serialVersionUID = 1;

    private final LoginStatus status;
    private final String reason;
    private final @Nullable String movedTo;

    LoginRefusal(LoginStatus status, String reason) {
        this(status, reason, null);
    }

    LoginRefusal(LoginStatus status, String reason, @Nullable String movedTo) {
        super(reason);
        this.status = status;
        this.reason = reason;
        this.movedTo = movedTo;
    }

    static LoginRefusal initiatorError(String reason) {
        return new LoginRefusal(LoginStatus.INITIATOR_ERROR, reason);
    }

    LoginStatus status() {
        return status;
    }

    String reason() {
        return reason;
    }

    /** The portal of a redirection, else null. */
    @Nullable
    String movedTo() {
        return movedTo;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
