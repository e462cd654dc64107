package io.quorumd.quorum;

import io.quorumd.block.Strand;
import java.util.ArrayDeque;

/**
 * Closed while a flush waits for the next round: writes that come then wait for its beginning. At the pace of the page
 * cache they would make that round as long as their queues are deep, and the later a flush is, the more of the queues are
 * flushes: with 32 writes and flushes under way, a flush after every 16 writes (ext4), half of the flushes took 43 ms, and
 * take 12 with this; of four such loads 207, and 37. It costs a tenth of the writes per second, of four loads a quarter, as
 * less is written to the disk in order.
 *
 * <p>Whoever is held back holds its range already, so that requests stay in order. Hence closed only while the children
 * flush, which needs no range: what comes before that may, and would wait for those that wait for it. On the strand.
 */
final class WriteGate {

    private final Strand strand;
    private final long longestNanos;
    private final ArrayDeque<WriteOp> heldBack = new ArrayDeque<>();
    private boolean closed;
    private long opensAt;
    private boolean timed;

    /** @param longestNanos from the beginning of a round: a child whose flush hangs is not to make writes late */
    WriteGate(Strand strand, long longestNanos) {
        this.strand = strand;
        this.longestNanos = longestNanos;
    }

    /** @return whether it is held back, and will be told to go on by {@link WriteOp#intend} */
    boolean holdsBack(WriteOp write) {
        if (closed) {
            heldBack.add(write);
        }
        return closed;
    }

    /** @param since when the round began, in the strand's nanoseconds */
    void close(long since) {
        opensAt = since + longestNanos;
        closed = opensAt - strand.nanoTime() > 0;
        if (closed && !timed) {
            openInTime();
        }
    }

    private void openInTime() {
        long left = opensAt - strand.nanoTime();
        timed = closed && left > 0;
        if (timed) {
            var _ = strand.schedule(this::openInTime, left);
        } else {
            open();
        }
    }

    /** Those that were held back go on, in order. */
    void open() {
        closed = false;
        // One that goes on may end at once, and be used for a write that is held back again.
        for (int left = heldBack.size(); left > 0; left--) {
            heldBack.remove().intend();
        }
    }
}
