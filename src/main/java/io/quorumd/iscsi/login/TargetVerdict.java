package io.quorumd.iscsi.login;

import io.quorumd.pdu.ChapAccount;
import org.jspecify.annotations.Nullable;

/** The answer to "may this initiator log in to that target, here". */
public sealed interface TargetVerdict {

    /**
     * It may, once it has proved who it is.
     *
     * @param targetName in the spelling that everything else uses
     * @param alias TargetAlias, null: none is told
     * @param portalGroupTag of the portal it came in on, 1 to 65535
     * @param chap what it has to prove, null: nothing
     */
    record Admitted(
            String targetName,
            @Nullable String alias,
            int portalGroupTag,
            @Nullable ChapAccount chap) implements TargetVerdict {}

    /**
     * It is served elsewhere (status 0x0101, or 0x0102 for good): told to those who have proved what they had to, as RFC 7143
     * §11.13.5 allows.
     *
     * @param portal {@code host:port} or {@code host}
     * @param portalGroupTag of the portal it came in on, told before the proof as ever
     * @param chap what it has to prove, null: nothing
     */
    record Moved(
            String portal,
            boolean forGood,
            int portalGroupTag,
            @Nullable ChapAccount chap) implements TargetVerdict {}

    /** It may not. */
    enum Denied implements TargetVerdict {
        /** No such target, or one that this initiator must not know of: the two look the same (status 0x0203). */
        UNKNOWN,
        /** A target it may see but not use (0x0202). */
        FORBIDDEN,
        /** A target that is gone (0x0204). */
        REMOVED,
        /** The service is starting or stopping (0x0301). */
        UNAVAILABLE
    }
}
