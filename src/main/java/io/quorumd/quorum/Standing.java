package io.quorumd.quorum;

import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.quorum.QuorumStatus.Health;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Puts a device's status together, out of what other threads may read. */
final class Standing {

    private Standing() {}

    static QuorumStatus of(Quorum quorum) {
        List<ChildStatus> children = new ArrayList<>();
        int answering = 0;
        boolean whole = true;
        for (Child child : quorum.children) {
            ChildStatus status = child(quorum, child);
            children.add(status);
            answering += status.state() == ChildState.ANSWERING ? 1 : 0;
            whole &= status.state() == ChildState.ANSWERING && status.staleBytes() == 0;
        }
        int margin = quorum.voters.margin(quorum.threshold());
        String offline = quorum.offline();
        String stateFailure = quorum.sync.stateFailure();
        whole &= stateFailure == null;
        Guarantee guarantee = new Guarantee(quorum.children.length, quorum.threshold());
        return new QuorumStatus(
                quorum.name,
                quorum.regions.size(),
                quorum.block,
                quorum.threshold(),
                health(margin, whole, offline != null),
                margin,
                guarantee.mayLieAvailable(answering),
                guarantee.mayLieRight(answering),
                guarantee.inWords(),
                quorum.reporter.quorumFailures(),
                (long) quorum.book.unsettled().count() * quorum.regions.regionSize(),
                offline,
                stateFailure,
                List.copyOf(children),
                quorum.resync.status());
    }

    static Health health(int margin, boolean whole, boolean offline) {
        if (margin < 0 || offline) {
            return Health.DOWN;
        }
        return whole ? Health.UP : Health.DEGRADED;
    }

    private static ChildStatus child(Quorum quorum, Child child) {
        Map<FailureType, Long> failures = new EnumMap<>(FailureType.class);
        for (FailureType type : FailureType.values()) {
            failures.put(type, child.failures(type));
        }
        Child.Condition condition = child.condition();
        long stale =
                Math.min(quorum.regions.size(), quorum.voters.staleRegions(child.index) * quorum.regions.regionSize());
        return new ChildStatus(
                child.nodeName(),
                child.spec().description(),
                condition.state(),
                stale > 0 && condition.reason().isEmpty() ? child.lastFailure() : condition.reason(),
                failures,
                stale,
                quorum.roster.suspension(child).state());
    }
}
