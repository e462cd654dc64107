package io.quorumd.scsi;

/** Runs something once, after a number of other things have happened. */
final class Countdown {

    private final Runnable done;
    private int left;

    Countdown(int count, Runnable done) {
        this.left = count;
        this.done = done;
    }

    void one() {
        if (--left == 0) {
            done.run();
        }
    }
}
