package io.quorumd.pdu;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Looks for the next message for a moment before the thread of an event loop goes to sleep. At queue depth 1 the next
 * command comes sooner after the reply than a thread is put to sleep and woken: a voted read of 4 KiB takes 44 us in place
 * of 74, for 1.1 times the CPU. Where it does not pay it is tried ever more rarely: nothing came, or there was so much to
 * do that sleeping is no loss, as more commands gather meanwhile to be answered at once. One per event loop, on its thread.
 */
final class BusyPoll implements SelectStrategy {

    /**
     * For how many times the limit it may have worked on what it found, so that to look again is worth while. Two: a voted read
     * of 64 KiB takes more than once the limit, and is 1.2 times as quick at depth 1 with it.
     */
    private static final int WORK_MAX = 2;

    /**
     * For so many turns after a task came in the processor is offered to others during the look: threads that work for this loop
     * may have been woken on it. Where none do that is a loss: beside processes that use up the processors, a loop that yields had
     * up to a fifth fewer reads.
     */
    private static final int HELPED_TURNS = 64;

    private final long limitNanos;
    private final LongSupplier clock;
    private final LookBackoff backoff = new LookBackoff();

    private boolean polling;
    /** When it began to look. */
    private long began;
    /** Something was found by looking, and when. */
    private boolean found;

    private long foundAt;
    /** Greater than zero: other threads work for this loop. */
    private int helped;

    /** @param limitNanos for how long it looks */
    BusyPoll(long limitNanos, LongSupplier clock) {
        this.limitNanos = limitNanos;
        this.clock = clock;
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        if (hasTasks) {
            helped = HELPED_TURNS;
            if (polling) {
                found(clock.getAsLong());
            }
            return selectNow.get();
        }
        if (!polling) {
            if (!backoff.isDue()) {
                return SELECT;
            }
            began = clock.getAsLong();
            if (found) {
                found = false;
                if (began - foundAt > WORK_MAX * limitNanos) {
                    backoff.inVain();
                    return SELECT;
                }
                backoff.paid();
            }
            polling = true;
        }
        return look(selectNow);
    }

    @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on the yield but the time it takes.
    private int look(IntSupplier selectNow) throws Exception {
        int ready = selectNow.get();
        long now = clock.getAsLong();
        if (ready > 0) {
            helped = Math.max(0, helped - 1);
            found(now);
            return ready;
        }
        if (now - began > limitNanos) {
            polling = false;
            if (!backoff.wasWanted(now - began)) {
                backoff.inVain();
            }
            return SELECT;
        }
        if (isHelped()) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
        return CONTINUE;
    }

    /** Whether the processor is offered to others while this looks. */
    boolean isHelped() {
        return helped > 0;
    }

    private void found(long now) {
        polling = false;
        if (!backoff.wasWanted(now - began)) {
            found = true;
            foundAt = now;
        }
    }
}
