package io.quorumd.block.file;

import io.quorumd.pdu.LookBackoff;
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

    /**
     * So many times as long as an event loop looks: as long as the others sleep in between, the next write of a single initiator
     * comes 90 us after the last; once nobody does, after 45.
     */
    private static final int LIMIT = 2;

    private final long limitNanos;
    private final LongSupplier clock;
    private final LookBackoff backoff = new LookBackoff();

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
        if (limitNanos == 0 || !backoff.isDue()) {
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
        if (backoff.wasWanted(took)) {
            return;
        }
        if (found) {
            backoff.paid();
        } else {
            backoff.inVain();
        }
    }
}
