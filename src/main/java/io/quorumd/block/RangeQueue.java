package io.quorumd.block;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Orders requests to overlapping ranges, first come first served. Requests that share a range run together; an
 * exclusive one has it alone. Nobody overtakes a request it conflicts with, so nobody starves.
 *
 * <p>Not a lock that threads wait on: a request that has to wait is told later, by {@link Hold#granted}. Everything
 * happens on one {@link Strand}. A request brings its own {@link Hold}, so nothing is allocated; acquiring looks through
 * the held and waiting ranges that it could conflict with (two flat arrays, a nanosecond or less for each), and releasing
 * looks at nobody unless somebody waits.
 */
@SuppressWarnings("ReferenceEquality") // a hold is an entry of a list, whatever it may equal
public final class RangeQueue {

    /** A request's claim to a range; pooled or a field's object of the request, used for one claim at a time. */
    public abstract static class Hold {

        private long from;
        private long to;
        private boolean exclusive;
        private int slot = -1;
        /** Claims made before this one that it conflicts with and that have not been released. */
        private int before;
        /** To be told by the release that runs now. */
        private boolean ready;

        private @Nullable Hold previousWaiting;
        private @Nullable Hold nextWaiting;

        /** The range is held from now on. Called on the strand, only after {@link RangeQueue#acquire} said no. */
        protected abstract void granted();

        private boolean conflicts(Hold other) {
            return (exclusive || other.exclusive) && from < other.to && other.from < to;
        }
    }

    private final Claims shared = new Claims();
    private final Claims exclusive = new Claims();
    private @Nullable Hold firstWaiting;
    private @Nullable Hold lastWaiting;
    private @Nullable Hold firstReady;
    private @Nullable Hold lastReady;
    private boolean granting;

    /**
     * Claims {@code [offset, offset + length)}.
     *
     * @return true when the range is held now; false when {@code hold} waits and will be told
     */
    public boolean acquire(Hold hold, long offset, long length, boolean alone) {
        if (hold.slot >= 0) {
            throw new IllegalStateException("already in a claim");
        }
        hold.from = offset;
        hold.to = offset + length;
        hold.exclusive = alone;
        hold.before = exclusive.overlapping(hold.from, hold.to) + (alone ? shared.overlapping(hold.from, hold.to) : 0);
        (alone ? exclusive : shared).add(hold);
        if (hold.before == 0) {
            return true;
        }
        hold.previousWaiting = lastWaiting;
        if (lastWaiting == null) {
            firstWaiting = hold;
        } else {
            lastWaiting.nextWaiting = hold;
        }
        lastWaiting = hold;
        return false;
    }

    /**
     * Gives the range back, or takes a waiting claim out of the queue (it will not be granted). Grants whoever waited
     * for this alone before it returns, unless it is itself called from a {@link Hold#granted}: then the outer call
     * does, so that a long queue does not become a deep stack.
     */
    public void release(Hold hold) {
        if (hold.slot < 0) {
            throw new IllegalStateException("not in a claim");
        }
        (hold.exclusive ? exclusive : shared).remove(hold);
        Hold waiting = firstWaiting;
        if (hold.before > 0) {
            waiting = hold.nextWaiting;
            unlinkWaiting(hold);
        } else if (hold.ready) {
            unlinkReady(hold);
        }
        while (waiting != null) {
            Hold next = waiting.nextWaiting;
            if (waiting.conflicts(hold) && --waiting.before == 0) {
                unlinkWaiting(waiting);
                addReady(waiting);
            }
            waiting = next;
        }
        if (firstReady != null && !granting) {
            grantReady();
        }
    }

    /** Whether nothing is held and nobody waits. */
    public boolean isEmpty() {
        return shared.count + exclusive.count == 0;
    }

    private void grantReady() {
        granting = true;
        try {
            for (Hold next = firstReady; next != null; next = firstReady) {
                firstReady = next.nextWaiting;
                if (firstReady == null) {
                    lastReady = null;
                }
                next.nextWaiting = null;
                next.ready = false;
                next.granted();
            }
        } finally {
            granting = false;
        }
    }

    private void addReady(Hold hold) {
        hold.ready = true;
        if (lastReady == null) {
            firstReady = hold;
        } else {
            lastReady.nextWaiting = hold;
        }
        lastReady = hold;
    }

    /** A claim may be withdrawn by one that was granted just before it, while it is about to be told. */
    private void unlinkReady(Hold hold) {
        Hold previous = null;
        for (Hold at = firstReady; at != null && at != hold; at = at.nextWaiting) {
            previous = at;
        }
        if (previous == null) {
            firstReady = hold.nextWaiting;
        } else {
            previous.nextWaiting = hold.nextWaiting;
        }
        if (lastReady == hold) {
            lastReady = previous;
        }
        hold.nextWaiting = null;
        hold.ready = false;
    }

    private void unlinkWaiting(Hold hold) {
        Hold previous = hold.previousWaiting;
        Hold next = hold.nextWaiting;
        if (previous == null) {
            firstWaiting = next;
        } else {
            previous.nextWaiting = next;
        }
        if (next == null) {
            lastWaiting = previous;
        } else {
            next.previousWaiting = previous;
        }
        hold.previousWaiting = null;
        hold.nextWaiting = null;
        hold.before = 0;
    }

    /** Ranges held or waited for, in no order, side by side in memory because every new claim looks at all of them. */
    private static final class Claims {
        private long[] from = new long[64];
        private long[] to = new long[64];
        private @Nullable Hold[] holds = new Hold[64];
        private int count;

        int overlapping(long start, long end) {
            int found = 0;
            for (int i = 0; i < count; i++) {
                found += from[i] < end && start < to[i] ? 1 : 0;
            }
            return found;
        }

        void add(Hold hold) {
            if (count == from.length) {
                from = Arrays.copyOf(from, 2 * count);
                to = Arrays.copyOf(to, 2 * count);
                holds = Arrays.copyOf(holds, 2 * count);
            }
            from[count] = hold.from;
            to[count] = hold.to;
            holds[count] = hold;
            hold.slot = count++;
        }

        void remove(Hold hold) {
            int last = --count;
            Hold moved = holds[last];
            if (moved != null && moved != hold) {
                from[hold.slot] = from[last];
                to[hold.slot] = to[last];
                holds[hold.slot] = moved;
                moved.slot = hold.slot;
            }
            holds[last] = null;
            hold.slot = -1;
        }
    }
}
