package io.quorumd.iscsi;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses: where logins have failed lately, the next ones from there wait before a byte of them is read. What
 * is read is answered at once, so that the time of an answer tells nothing, and nobody gains by hanging up early. Other
 * sources are not concerned. Thread-safe.
 */
final class FailedLogins {

    /** Mistakes of people and of start scripts cost nothing. */
    private static final int FREE = 4;

    private static final long WAIT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(125);
    /** Short enough for those who share an address with a guesser: clients give up after three seconds or more. */
    private static final long WAIT_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int SOURCES_MAX = 4096;

    private record Failures(int count, long lastNanos) {}

    private final LongSupplier nanoTime;
    private final Map<Source, Failures> bySource = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Source, Failures> eldest) {
            return size() > SOURCES_MAX;
        }
    };

    FailedLogins(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void add(Source source) {
        int count = recent(source) + 1;
        bySource.remove(source); // to the young end
        bySource.put(source, new Failures(count, nanoTime.getAsLong()));
    }

    /** How long the next login from there has to wait. */
    synchronized long waitNanos(Source source) {
        int excess = recent(source) - FREE;
        return excess < 0 ? 0 : Math.min(WAIT_MIN_NANOS << Math.min(excess, 10), WAIT_MAX_NANOS);
    }

    private int recent(Source source) {
        Failures failures = bySource.get(source);
        return failures == null || nanoTime.getAsLong() - failures.lastNanos > FORGOTTEN_NANOS ? 0 : failures.count;
    }
}
