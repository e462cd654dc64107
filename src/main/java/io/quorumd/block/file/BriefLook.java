package io.quorumd.block.file;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A look, for a moment, for the next job before a thread sleeps. In a virtual machine it takes 20 us or more to wake a thread
 * on an idle processor, which a buffered write pays on the way to its thread, and its initiator on the way back: three
 * copies of 4 KiB at queue depth 1 took 150 us on ext4, and take 61 for 0.85 of the CPU. As an event loop's, the look is
 * tried ever more rarely where nothing comes in time. One per thread.
 */
final class BriefLook {

    /** Times that it is left out, at most, before the next. */
    private static final int BACKOFF_MAX = 63;

    /**
     * So many times as long as an event loop looks: as long as the others sleep in between, the next write of a single initiator
     * comes 90 us after the last; once nobody does, after 45.
     */
    private static final int LIMIT = 2;

    /**
     * A look that takes so long gave the processor to somebody who makes use of it, and who is not only the initiator: a thread
     * that sleeps is preferred once it is woken, one that yields waits until the other's time is over.
     */
    private static final long WANTED_NANOS = 1_000_000;

    /** Times that it is left out then: what one look costs in that case is little to so many. */
    private static final int WANTED_PAUSES = 1000;

    private final long limitNanos;
    private final LongSupplier clock;
    private int backoff;
    /** How many times more it is left out. */
    private int pauses;

    /**
     * @param busyPoll for how long an event loop looks; zero: never
     * @param clock in nanoseconds
     */
    BriefLook(Duration busyPoll, LongSupplier clock) {
        this.limitNanos = LIMIT * busyPoll.toNanos();
        this.clock = clock;
    }

    /** Returns as soon as {@code isThere}, or after the limit, or at once when it was in vain before. */
    @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on the yield but the time it takes.
    void lookFor(BooleanSupplier isThere) {
        if (limitNanos == 0) {
            return;
        }
        if (pauses > 0) {
            pauses--;
            return;
        }
        long began = clock.getAsLong();
        long took = 0;
        boolean found = isThere.getAsBoolean();
        while (!found && took <= limitNanos) {
            // Whoever else wants this processor has it meanwhile.
            Thread.yield();
            took = clock.getAsLong() - began;
            found = isThere.getAsBoolean();
        }
        if (took >= WANTED_NANOS) {
            pauses = WANTED_PAUSES;
        } else if (found) {
            backoff = 0;
        } else {
            pauses = backoff;
            backoff = Math.min(2 * backoff + 1, BACKOFF_MAX);
        }
    }
}
