package io.quorumd.service.events;

import java.util.HashMap;
import java.util.Map;

/**
 * How many lines each subject may have in the log: a burst, then one a second. 10,000 failures a second are not 10,000
 * lines; what was left out is counted and told with the next line. One thread.
 */
final class LogRate {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final int burst;
    private final Map<String, Subject> subjects = new HashMap<>();

    LogRate(int burst) {
        this.burst = burst;
    }

    /** How many lines were left out before this one, or -1 when this one is to be left out as well. */
    long admit(String subject, long nowNanos) {
        Subject state = subjects.computeIfAbsent(subject, name -> new Subject(burst, nowNanos));
        long seconds = (nowNanos - state.refilledNanos) / SECOND_NANOS;
        if (seconds > 0) {
            state.refilledNanos += seconds * SECOND_NANOS;
            state.tokens = Math.min(burst, state.tokens + seconds);
        }
        if (state.tokens == 0) {
            state.omitted++;
            return -1;
        }
        state.tokens--;
        long omitted = state.omitted;
        state.omitted = 0;
        return omitted;
    }

    private static final class Subject {
        long tokens;
        long refilledNanos;
        long omitted;

        Subject(long tokens, long nowNanos) {
            this.tokens = tokens;
            this.refilledNanos = nowNanos;
        }
    }
}
