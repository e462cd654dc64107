package io.quorumd.service;

import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.FailureType;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.quorum.QuorumStatus.Health;
import io.quorumd.quorum.QuorumStatus.ResyncStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a volume of three children can be doing. */
final class Statuses {

    private Statuses() {}

    static QuorumStatus of(Health health, int margin, ChildStatus... children) {
        return of(health, margin, new ResyncStatus(true, false, 1L << 20, 5L << 20, 1L << 20, ""), children);
    }

    static QuorumStatus stateFails(String why) {
        return of(Health.DEGRADED, 1, why, ResyncStatus.IDLE, child("a", ChildState.ANSWERING, "", 0));
    }

    private static QuorumStatus of(Health health, int margin, ResyncStatus resync, ChildStatus... children) {
        return of(health, margin, null, resync, children);
    }

    private static QuorumStatus of(
            Health health, int margin, @Nullable String stateFailure, ResyncStatus resync, ChildStatus... children) {
        return new QuorumStatus(
                "disk0",
                1L << 30,
                4096,
                2,
                health,
                margin,
                1,
                1,
                "1 of 3 children may be lost",
                7,
                0,
                null,
                stateFailure,
                List.of(children),
                resync);
    }

    static ChildStatus child(String name, ChildState state, String reason, long staleBytes) {
        Map<FailureType, Long> failures = new EnumMap<>(FailureType.class);
        for (FailureType type : FailureType.values()) {
            failures.put(type, (long) failures.size());
        }
        return new ChildStatus(name, "file:" + name, state, reason, failures, staleBytes);
    }

    static QuorumStatus healthy() {
        return of(
                Health.UP,
                1,
                child("a", ChildState.ANSWERING, "", 0),
                child("b", ChildState.ANSWERING, "", 0),
                child("c", ChildState.ANSWERING, "", 0));
    }

    static QuorumStatus degraded() {
        return of(
                Health.DEGRADED,
                0,
                child("a", ChildState.ANSWERING, "", 0),
                child("b", ChildState.ANSWERING, "missed writes", 3L << 20),
                child("c", ChildState.SUSPENDED, "timed out 12 s ago; retry in 8 s", 3_328_599_654L));
    }

    static QuorumStatus paused() {
        return of(
                Health.DEGRADED,
                0,
                new ResyncStatus(false, true, 0, 3L << 20, 0, "an operator to resume it"),
                child("a", ChildState.ANSWERING, "", 0),
                child("b", ChildState.ANSWERING, "missed writes", 3L << 20));
    }

    static QuorumStatus down() {
        return of(Health.DOWN, -1, child("a", ChildState.ANSWERING, "", 0), child("b", ChildState.FAULTED, "gone", 0));
    }
}
