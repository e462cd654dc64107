package io.quorumd.service;

import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Why a volume is as it is, and how much more it bears, in one line for the person on call. */
final class Reason {

    private Reason() {}

    static String of(QuorumStatus status) {
        List<String> parts = new ArrayList<>();
        if (status.offline() != null) {
            parts.add("offline: " + status.offline());
        }
        if (status.stateFailure() != null) {
            parts.add(status.stateFailure()
                    + ": writes are refused until it can be (free space, or make the state directory writable)");
        }
        boolean paused = status.resync().paused();
        status.children().forEach(child -> describe(child, paused, parts));
        if (paused) {
            parts.add("resync is paused by an operator (POST /api/volumes/" + status.name() + "/resync lets it go on)");
        }
        if (status.unsettledBytes() > 0) {
            parts.add(bytes(status.unsettledBytes()) + " are being settled after an unclean stop");
        }
        parts.add(outlook(status));
        return String.join("; ", parts);
    }

    private static void describe(ChildStatus child, boolean paused, List<String> parts) {
        String about = child.reason().isEmpty() ? "" : " (" + child.reason() + ")";
        String stale = child.staleBytes() == 0 ? "" : ", " + bytes(child.staleBytes()) + " stale";
        if (child.state() != ChildState.ANSWERING) {
            parts.add("child " + child.nodeName() + " is "
                    + child.state().name().toLowerCase(Locale.ROOT) + about + stale);
        } else if (child.staleBytes() > 0) {
            parts.add("child " + child.nodeName() + (paused ? " is behind" : " is being filled again") + about + stale);
        }
    }

    private static String outlook(QuorumStatus status) {
        if (status.margin() < 0) {
            return "too few children for the threshold of " + status.threshold() + ": the disk cannot serve everywhere";
        }
        return switch (status.margin()) {
            case 0 -> "the disk survives no further failure";
            case 1 -> "the disk survives one further failure";
            default -> "the disk survives " + status.margin() + " further failures";
        };
    }

    static String bytes(long count) {
        if (count < 1024) {
            return count + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(count)) / 10;
        return String.format(Locale.ROOT, "%.1f %ciB", count / (double) (1L << (10 * unit)), "KMGTPE".charAt(unit - 1));
    }
}
