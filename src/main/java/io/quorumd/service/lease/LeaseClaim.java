package io.quorumd.service.lease;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a Lease and keeps it. No two hosts' clocks are compared: another's Lease has run out when it has not changed for
 * its duration <em>as seen from here</em>, and ours holds from when we <em>began</em> to ask for it, which is before
 * anybody can see it. So two holders never overlap as long as their clocks run equally fast. Used by one thread at a time.
 */
final class LeaseClaim {

    private final LeaseStore store;
    private final String identity;
    private final int seconds;
    private final LongSupplier nanoTime;

    private @Nullable LeaseRecord seen;
    private long seenAt;
    private long heldSince;

    /**
     * @param identity who we are: nobody else ever is, not even this service when it is started again
     * @param seconds the duration that we promise to others
     */
    LeaseClaim(LeaseStore store, String identity, int seconds, LongSupplier nanoTime) {
        this.store = store;
        this.identity = identity;
        this.seconds = seconds;
        this.nanoTime = nanoTime;
    }

    /** Takes it if it is nobody's; false when it is somebody's. */
    boolean take() throws LeaseException {
        LeaseRecord found = store.read();
        note(found);
        if (found == null) {
            return holds(nanoTime.getAsLong(), store.create(new LeaseRecord("", identity, seconds, 0)));
        }
        // Ours already when the answer to an earlier request was lost.
        boolean free = found.holder().isEmpty() || found.holder().equals(identity) || leftNanos() <= 0;
        return free && holds(nanoTime.getAsLong(), store.replace(found.takenBy(identity, seconds)));
    }

    /** Keeps it for another duration; false when it is lost, then {@link #holder} is somebody else. */
    boolean renew() throws LeaseException {
        LeaseRecord mine = seen;
        if (mine != null && holds(nanoTime.getAsLong(), store.replace(mine))) {
            return true;
        }
        // Somebody has changed it: its holder, or a person who put a label on it.
        LeaseRecord found = store.read();
        note(found);
        if (!holder().equals(identity)) {
            return false;
        }
        if (found != null) {
            holds(nanoTime.getAsLong(), store.replace(found));
        }
        return true;
    }

    /** Gives it back, if it is ours. */
    void release() throws LeaseException {
        LeaseRecord found = store.read();
        // Again where a renewal, which was under way, came in between.
        while (found != null && found.holder().equals(identity) && store.replace(found.released()) == null) {
            found = store.read();
        }
    }

    /** @param begun read before the request was made: arguments are evaluated in order */
    private boolean holds(long begun, @Nullable LeaseRecord record) {
        if (record == null) {
            return false;
        }
        seen = record;
        heldSince = begun;
        return true;
    }

    private void note(@Nullable LeaseRecord found) {
        if (found == null || seen == null || !found.version().equals(seen.version())) {
            seenAt = nanoTime.getAsLong();
        }
        seen = found;
    }

    /** When the request began that last got or kept it, in the clock's nanoseconds. */
    long heldSince() {
        return heldSince;
    }

    /** Who has it as far as is known; empty for nobody. */
    String holder() {
        return seen == null ? "" : seen.holder();
    }

    /** How long the Lease that was seen still holds if it is not renewed. */
    long leftNanos() {
        return seen == null ? 0 : seenAt + TimeUnit.SECONDS.toNanos(seen.seconds()) - nanoTime.getAsLong();
    }
}
