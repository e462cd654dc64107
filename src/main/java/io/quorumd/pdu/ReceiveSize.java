package io.quorumd.pdu;

/**
 * How large the next receive buffer is to be. Large by default, so that one read takes in many commands of a deep
 * queue; small when little comes at a time, and behind a data segment that went straight into its own buffer, lest the
 * next one's beginning be copied out of ours.
 */
final class ReceiveSize {

    private static final int SMALL = 4 << 10;
    private static final int LARGE = 64 << 10;

    private int size = SMALL;

    int next(int maxDataSegmentLength) {
        return Math.min(size, Math.max(SMALL, maxDataSegmentLength));
    }

    /** The peer sends large data segments. */
    void direct() {
        size = SMALL;
    }

    void received(int length) {
        if (length == size) {
            size = LARGE;
        } else if (length < SMALL / 2) {
            size = SMALL;
        }
    }
}
