package io.quorumd.quorum;

import io.quorumd.block.RangeQueue;
import io.quorumd.quorum.state.RegionMap;
import java.util.concurrent.TimeUnit;

/**
 * What a device does by itself, once a second: settles what is unsettled, resyncs, and, now and then, takes back the
 * intent of regions that every child has flushed (or is stale in), flushing itself when nobody else does.
 */
final class Upkeep {

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TICKS_PER_SWEEP = 5;

    private final Quorum quorum;
    private final FlushOp flushes;
    /** Regions that could have lost their intent at the sweep before: hot ones keep it. */
    private final RegionMap idleBefore;

    private final RangeQueue.Hold hold = new RangeQueue.Hold() {
        @Override
        protected void granted() {
            throw new IllegalStateException("it did not wait");
        }
    };
    private boolean settling;
    private boolean flushing;
    private long foregroundBefore;
    private int ticks;

    Upkeep(Quorum quorum, FlushOp flushes) {
        this.quorum = quorum;
        this.flushes = flushes;
        this.idleBefore = new RegionMap(quorum.regions.count());
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
            long delay = Pace.delay(bytes, took, quorum.foreground() != foreground, quorum.options.resyncRate());
            var _ = quorum.strand.schedule(() -> settleNext(region + 1), delay);
        });
    }

    private void sweep() {
        int end = quorum.regions.count();
        RegionMap intent = quorum.book.intent();
        for (int region = intent.nextSet(0, end); region < end; region = intent.nextSet(region + 1, end)) {
            if (!isIdle(region)) {
                idleBefore.remove(region, region + 1);
            } else if (idleBefore.contains(region)) {
                idleBefore.remove(region, region + 1);
                removeIntent(region);
            } else {
                idleBefore.add(region, region + 1);
            }
        }
        boolean quiet = quorum.foreground() == foregroundBefore;
        foregroundBefore = quorum.foreground();
        if (quiet && !quorum.sync.unflushed.isEmpty() && !flushing) {
            flushing = true;
            flushes.flush(ignored -> flushing = false);
        }
    }

    private boolean isIdle(int region) {
        return !quorum.sync.unflushed.contains(region)
                && !quorum.book.unsettled().contains(region);
    }

    /** Only if nobody uses the region right now: a write under way relies on its intent. */
    private void removeIntent(int region) {
        long length = quorum.regions.length(region, region + 1);
        if (quorum.ranges.acquire(hold, quorum.regions.offset(region), length, true)) {
            quorum.book.removeIntent(region, region + 1);
        }
        quorum.ranges.release(hold);
    }
}
