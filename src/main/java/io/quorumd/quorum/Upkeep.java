package io.quorumd.quorum;

import java.util.concurrent.TimeUnit;

/**
 * What a device does by itself, once a second: settles what is unsettled, resyncs, and, now and then, takes back write
 * intent that is not needed any more, flushing itself when nobody else does.
 */
final class Upkeep {

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TICKS_PER_SWEEP = 5;

    private final Quorum quorum;
    private final FlushOp flushes;

    private boolean settling;
    private boolean flushing;
    private long foregroundBefore;
    private int ticks;

    Upkeep(Quorum quorum, FlushOp flushes) {
        this.quorum = quorum;
        this.flushes = flushes;
    }

    void start() {
        var _ = quorum.strand.schedule(this::tick, TICK_NANOS);
    }

    private void tick() {
        if (quorum.isClosed()) {
            return;
        }
        if (!settling) {
            settling = true;
            settleNext(0);
        }
        for (Child child : quorum.children) {
            quorum.roster.suspension(child).tick();
        }
        quorum.sync.retryRecording();
        quorum.comparison.poke();
        quorum.resync.poke();
        if (++ticks % TICKS_PER_SWEEP == 0) {
            sweep();
        }
        start();
    }

    private void settleNext(int from) {
        int end = quorum.regions.count();
        int region = quorum.isClosed() ? end : quorum.book.unsettled().nextSet(from, end);
        if (region == end || Integer.bitCount(quorum.voters.answering()) < quorum.threshold()) {
            settling = false;
            return;
        }
        long began = quorum.strand.nanoTime();
        long foreground = quorum.foreground();
        quorum.settle(region, error -> {
            long took = quorum.strand.nanoTime() - began;
            long bytes = quorum.regions.length(region, region + 1);
            long delay = Pace.delay(bytes, took, quorum.foreground() != foreground, quorum.resync.rate());
            var _ = quorum.strand.schedule(() -> settleNext(region + 1), delay);
        });
    }

    private void sweep() {
        quorum.intent.sweep();
        boolean quiet = quorum.foreground() == foregroundBefore;
        foregroundBefore = quorum.foreground();
        if (quiet && !quorum.sync.unflushed.isEmpty() && !flushing) {
            flushing = true;
            flushes.flush(ignored -> flushing = false);
        }
    }
}
