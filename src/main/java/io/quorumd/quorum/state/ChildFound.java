package io.quorumd.quorum.state;

import org.jspecify.annotations.Nullable;

/**
 * How a configured child was found when the volume starts (or when it answers again).
 *
 * @param nodeName its name in configuration
 * @param presence whether it answers
 * @param length its length in bytes, 0 unless present
 * @param reason why it does not answer, one line; empty when present
 * @param place where it lies when it is a local file; null for block devices and remote children, which can neither
 *     be made nor have a sidecar
 */
public record ChildFound(
        String nodeName,
        Presence presence,
        long length,
        String reason,
        @Nullable ChildPlace place) {

    /** Whether a child answers. */
    public enum Presence {
        /** It answers and has a length. */
        PRESENT,
        /** A local file that does not exist; it is made if this turns out to be the volume's very first start. */
        MISSING,
        /** It cannot be reached or opened; nothing is known about it. */
        UNREACHABLE
    }

    public static ChildFound present(String nodeName, long length, @Nullable ChildPlace place) {
        return new ChildFound(nodeName, Presence.PRESENT, length, "", place);
    }

    public static ChildFound missing(String nodeName, ChildPlace place) {
        return new ChildFound(nodeName, Presence.MISSING, 0, "its file does not exist", place);
    }

    public static ChildFound unreachable(String nodeName, String reason, @Nullable ChildPlace place) {
        return new ChildFound(nodeName, Presence.UNREACHABLE, 0, reason, place);
    }
}
