package io.quorumd.quorum;

import java.time.Duration;

/**
 * How long things may take, in nanoseconds, all from the child timeout.
 *
 * @param childNanos one read, write, or piece of a write-zeroes of one child
 * @param flushNanos one flush of one child
 * @param heldNanos one flush of one child while a range is held: what waits behind it for a child that hangs, and then for
 *     that child, still ends in time
 * @param commandNanos one request to the device through all its stages, so that an abort is answered within 15 s
 */
record QuorumTimes(long childNanos, long flushNanos, long heldNanos, long commandNanos) {

    private static final Duration LONGEST_FLUSH = Duration.ofSeconds(12);
    private static final Duration LONGEST_COMMAND = Duration.ofSeconds(14);
    private static final Duration LONGEST_GATE = Duration.ofMillis(500);

    static QuorumTimes of(Duration childTimeout) {
        return new QuorumTimes(
                childTimeout.toNanos(),
                atMost(childTimeout.multipliedBy(3), LONGEST_FLUSH, childTimeout),
                atMost(childTimeout.multipliedBy(2), LONGEST_COMMAND.dividedBy(2), childTimeout),
                atMost(childTimeout.multipliedBy(4), LONGEST_COMMAND, childTimeout));
    }

    /** How long one of so many children may be waited for so that the last one, too, has its time before the command ends. */
    long patienceNanos(int children) {
        return Math.clamp((commandNanos - childNanos) / (children - 1), 1, childNanos);
    }

    /** How long a write may wait for a flush that it has nothing to do with: little, even of the time that it can spare. */
    long gateNanos() {
        return Math.min(LONGEST_GATE.toNanos(), (commandNanos - childNanos) / 10);
    }

    private static long atMost(Duration wanted, Duration limit, Duration butAtLeast) {
        return Math.max(Math.min(wanted.toNanos(), limit.toNanos()), butAtLeast.toNanos());
    }
}
