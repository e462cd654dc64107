package io.quorumd.pdu;

/**
 * When a thread is to look for something to do before it sleeps: each time while that pays, ever more rarely while it does not,
 * and for long not where it gave the processor to somebody else. One per thread that looks.
 */
public final class LookBackoff {

    /** Times that a look is left out, at most, after looks in vain. */
    private static final int BACKOFF_MAX = 63;

    /**
     * A look that takes so long gave the processor to somebody who makes use of it, and who is not only the initiator: a thread
     * that sleeps is preferred once it is woken, one that yields waits until the other's time is over.
     */
    private static final long WANTED_NANOS = 1_000_000;

    /** Times that it is left out then: what one look costs in that case is little to so many. */
    private static final int WANTED_PAUSES = 1000;

    private int backoff;
    /** How many times more it is left out. */
    private int pauses;

    /** Whether to look this time; asked once each time before the thread would sleep. */
    public boolean isDue() {
        if (pauses > 0) {
            pauses--;
            return false;
        }
        return true;
    }

    /** A look paid: those in vain are forgotten. */
    public void paid() {
        backoff = 0;
    }

    /** A look did not pay. */
    public void inVain() {
        pauses = backoff;
        backoff = Math.min(2 * backoff + 1, BACKOFF_MAX);
    }

    /** Whether somebody else had the processor during a look of {@code nanos}, paid or in vain; if so it is left out for long. */
    public boolean wasWanted(long nanos) {
        if (nanos < WANTED_NANOS) {
            return false;
        }
        pauses = WANTED_PAUSES;
        return true;
    }
}
