package io.quorumd.quorum;

/** Who of the children has done an operation: complete one, is it enough? fail one, is it now impossible? Pure. */
final class AckSet {

    private int threshold;
    private int pending;
    private int done;

    /** Begins anew: {@code counted} are the children whose success counts. */
    void reset(int counted, int needed) {
        pending = counted;
        threshold = needed;
        done = 0;
    }

    /** @return whether enough have done it */
    boolean complete(int child) {
        done |= pending & (1 << child);
        pending &= ~(1 << child);
        return isEnough();
    }

    /** @return whether those left cannot be enough any more */
    boolean fail(int child) {
        pending &= ~(1 << child);
        return isImpossible();
    }

    boolean isEnough() {
        return Integer.bitCount(done) >= threshold;
    }

    boolean isImpossible() {
        return Integer.bitCount(done | pending) < threshold;
    }

    int done() {
        return done;
    }
}
