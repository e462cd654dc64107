package io.quorumd.block.iscsi;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Why a login did not succeed, or where it has to be tried instead. */
final class LoginFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final transient BlockError error;
    private final transient @Nullable InetSocketAddress redirection;

    private LoginFailure(BlockError error, @Nullable InetSocketAddress redirection) {
        super(error.message(), null, false, false);
        this.error = error;
        this.redirection = redirection;
    }

    /** The target refuses, for good as far as it depends on the target. */
    static LoginFailure refused(String why) {
        return new LoginFailure(BlockError.of(Errno.EINVAL, why), null);
    }

    /** The target cannot at the moment. */
    static LoginFailure unavailable(String why) {
        return new LoginFailure(BlockError.of(Errno.ENODEV, why), null);
    }

    /** Try there (RFC 7143 §11.13.5, class 1). */
    static LoginFailure moved(InetSocketAddress portal) {
        return new LoginFailure(BlockError.of(Errno.ENODEV, "moved to " + portal), portal);
    }

    BlockError error() {
        return error;
    }

    @Nullable
    InetSocketAddress redirection() {
        return redirection;
    }
}
