package io.quorumd.service.metrics;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many operations of each kind a device has ended, how long they took and how much they moved. Counted on its strand,
 * read anywhere.
 */
public final class IoTimes {

    /** What a device is asked for. */
    public enum Op {
        READ(0),
        WRITE(1),
        ZEROES(2),
        UPDATE(3),
        FLUSH(4);

        private final int slot;

        Op(int slot) {
            this.slot = slot;
        }

        /** As metrics' tags have it. */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final AtomicLongArray counts = new AtomicLongArray(Op.values().length);
    private final AtomicLongArray nanos = new AtomicLongArray(Op.values().length);

    private final AtomicLongArray bytes = new AtomicLongArray(Op.values().length);

    /**
     * One writer: no read-modify-write that other threads could be in the middle of.
     *
     * @param took nanoseconds
     * @param moved bytes
     */
    void ended(Op op, long took, long moved) {
        int index = op.slot;
        counts.setOpaque(index, counts.getOpaque(index) + 1);
        nanos.setOpaque(index, nanos.getOpaque(index) + took);
        bytes.setOpaque(index, bytes.getOpaque(index) + moved);
    }

    public long count(Op op) {
        return counts.getOpaque(op.slot);
    }

    /** Data read or written by those that succeeded; none of ZEROES, which sends none. */
    public long bytes(Op op) {
        return bytes.getOpaque(op.slot);
    }

    /** The sum of their durations. */
    public long nanos(Op op) {
        return nanos.getOpaque(op.slot);
    }
}
