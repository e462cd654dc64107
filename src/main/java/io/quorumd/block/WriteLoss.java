package io.quorumd.block;

/**
 * What the loss of a device may have cost: writes that it had acknowledged and not flushed, which may or may not be there
 * when it is back. Counted, not remembered. On the strand.
 */
final class WriteLoss {

    private long acknowledged;
    private long flushed;
    private boolean suffered;

    /** A write without FUA has been acknowledged, by a device that is there or, too late, by one that is lost. */
    void acknowledged(boolean there) {
        acknowledged++;
        if (!there) {
            lost();
        }
    }

    /** What a flush that is called now makes durable. */
    long mark() {
        return acknowledged;
    }

    /** A flush has succeeded. */
    void flushed(long mark) {
        flushed = Math.max(flushed, mark);
    }

    void lost() {
        suffered |= acknowledged > flushed;
        flushed = acknowledged;
    }

    boolean suffered() {
        return suffered;
    }

    /** Whether there is a loss to tell; it is told now, once. */
    boolean tell() {
        boolean before = suffered;
        suffered = false;
        return before;
    }
}
