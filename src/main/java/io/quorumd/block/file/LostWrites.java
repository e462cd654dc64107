package io.quorumd.block.file;

/**
 * Remembers that a sync failed. After one the kernel has dropped the dirty pages and the next fdatasync succeeds, and it
 * tells each descriptor only once: a FUA write may have learned of the loss of some other write, and a flush of the loss
 * of one that completed after it was called. So every flush fails until one has failed that was called after all writes
 * which might be lost had completed. On the strand.
 */
final class LostWrites {

    private long started;
    private int inFlight;

    private boolean lost;
    private long lastSuspect;
    private int suspectsInFlight;

    private long flushStarted;
    private boolean flushCoversAll;
    private boolean flushSettles;

    long writeStarted() {
        inFlight++;
        return ++started;
    }

    void writeEnded(long sequence) {
        inFlight--;
        if (lost && sequence <= lastSuspect) {
            suspectsInFlight--;
        }
    }

    /** A write with FUA failed, which may have been its sync. */
    void syncFailed() {
        lost = true;
        lastSuspect = started;
        suspectsInFlight = inFlight;
        flushSettles = false;
    }

    void flushCalled() {
        flushStarted = started;
        flushCoversAll = inFlight == 0;
        flushSettles = lost && suspectsInFlight == 0;
    }

    /**
     * The flush called last has ended.
     *
     * @param failed whether fdatasync said so
     * @return whether it has to be reported as failed
     */
    boolean flushEnded(boolean failed) {
        if (failed) {
            boolean covered = flushCoversAll && flushStarted == started;
            if (covered) {
                lost = false;
            } else {
                syncFailed();
            }
            return true;
        }
        boolean report = lost;
        if (flushSettles) {
            lost = false;
        }
        return report;
    }
}
