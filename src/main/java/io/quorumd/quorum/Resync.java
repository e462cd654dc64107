package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.Strand;
import io.quorumd.quorum.QuorumStatus.ResyncStatus;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings stale regions of children that answer back in sync, one after the other in the background, while requests go
 * on. Requests write to a stale child too; one that it misses meanwhile makes its region stale anew ({@link #missed}). A
 * region is in sync only when what was copied has been flushed.
 */
final class Resync implements ChildRequest.Owner {

    private static final int CHUNK = 256 * 1024;
    private static final int REGIONS_PER_FLUSH = 64;
    private static final int NOBODY = -1;

    private final Quorum quorum;
    /** Regions copied but not flushed, and to whom. */
    private final TreeMap<Integer, Integer> copied = new TreeMap<>();

    /** Those of them that were copied from an accepted child. */
    private final Set<Integer> accepted = new HashSet<>();

    private volatile ResyncStatus status = ResyncStatus.IDLE;
    private volatile long rate;
    private boolean paused;
    private int region;
    private int sources;
    private int targets;
    /** The region under way is copied from an accepted child. */
    private boolean bySay;

    private long at;
    private int flushing;
    private int flushed;
    private boolean running;
    /** Until the next step, for the rate and for foreground requests. */
    private Strand.@Nullable Timer breather;
    /** The child that an operator accepted as truth where there is no quorum. */
    private int truth = NOBODY;

    private String waitingFor = "";
    private long stepBegan;
    private long foregroundBefore;
    private long bytesDone;
    private long began;

    Resync(Quorum quorum) {
        this.quorum = quorum;
        this.rate = quorum.options.resyncRate();
    }

    ResyncStatus status() {
        return status;
    }

    /** Bytes per second, 0: no limit; what all background work keeps to. Any thread. */
    long rate() {
        return rate;
    }

    /** Bytes per second from now on, 0: no limit. */
    void setRate(long bytesPerSecond) {
        rate = bytesPerSecond;
        endBreather();
    }

    /** Nothing is begun until {@link #resume}. What has been copied is flushed first, so that it counts. */
    void pause() {
        paused = true;
        endBreather();
        poke();
    }

    void resume() {
        paused = false;
        poke();
    }

    /** A pause of hours, at a low rate, is not to outlast the rate or the resync. */
    private void endBreather() {
        Strand.Timer pending = breather;
        if (pending != null) {
            pending.cancel();
            goOn();
        }
    }

    /** Where too few are in sync for a vote, this child is right. */
    void accept(int child) {
        truth = child;
        poke();
    }

    /** Something may have become possible. */
    void poke() {
        if (running || quorum.isClosed()) {
            return;
        }
        if (paused) {
            stop();
        } else {
            running = true;
            began = quorum.strand.nanoTime();
            bytesDone = 0;
            nextRegion(0);
        }
    }

    /** These children missed something in the regions {@code [from, to)}, or may have lost it. */
    void missed(int children, int from, int to) {
        if (!running) {
            return;
        }
        if (from <= region && region < to) {
            targets &= ~children;
        }
        copied.subMap(from, to).replaceAll((r, mask) -> mask & ~children);
    }

    private void nextRegion(int from) {
        if (quorum.isClosed()) {
            stop();
            return;
        }
        waitingFor = "";
        int end = quorum.regions.count();
        region = end;
        for (int r = paused ? end : quorum.voters.nextStale(from); r < end; r = quorum.voters.nextStale(r + 1)) {
            if (!copied.containsKey(r) && plan(r)) {
                region = r;
                break;
            }
        }
        if (copied.size() >= REGIONS_PER_FLUSH || (region == end && !copied.isEmpty())) {
            flush();
        } else if (region == end) {
            stop();
        } else {
            at = quorum.regions.offset(region);
            publish();
            copyNext();
        }
    }

    /** Decides from whom to whom a region is copied; false when it cannot be now. */
    private boolean plan(int r) {
        long offset = quorum.regions.offset(r);
        long length = quorum.regions.length(r, r + 1);
        int usable = quorum.writable(offset, length);
        int stale = quorum.voters.staleIn(r);
        int inSync = usable & ~stale;
        sources = 0;
        bySay = false;
        targets = usable & stale;
        if (Integer.bitCount(inSync) >= quorum.threshold()) {
            int prompt = quorum.prompt(targets);
            waitingFor = targets != 0 && prompt == 0 ? "children that are far behind to catch up" : waitingFor;
            targets = prompt;
            return targets != 0;
        }
        if (truth != NOBODY && (usable & 1 << truth) != 0) {
            bySay = true;
            sources = 1 << truth;
            targets = usable & ~sources;
            return Integer.bitCount(usable) >= quorum.threshold();
        }
        if (quorum.options.resyncFromFewer() && quorum.threshold() == quorum.children.length && inSync != 0) {
            sources = inSync;
            return targets != 0;
        }
        if (targets != 0) {
            waitingFor = "an operator to accept a child as truth: fewer than " + quorum.threshold()
                    + " copies are in sync in some region";
        }
        return false;
    }

    private void copyNext() {
        stepBegan = quorum.strand.nanoTime();
        foregroundBefore = quorum.foreground();
        if (sources == 0 && quorum.book.unsettled().contains(region)) {
            quorum.settle(region, this::settled);
            return;
        }
        int length =
                (int) Math.min(CHUNK, quorum.regions.offset(region) + quorum.regions.length(region, region + 1) - at);
        new Copy(quorum, at, length, sources, targets, this::notWritten, error -> copiedChunk(length, error)).start();
    }

    private void settled(@Nullable BlockError error) {
        if (error != null) {
            waitingFor = error.message();
            nextRegion(region + 1);
        } else {
            copyNext();
        }
    }

    private void notWritten(Child child, long offset, long length) {
        targets &= ~child.bit();
    }

    private void copiedChunk(int length, @Nullable BlockError error) {
        if (error != null || targets == 0) {
            waitingFor = error != null ? error.message() : waitingFor;
            nextRegion(region + 1);
            return;
        }
        at += length;
        bytesDone += (long) length * Integer.bitCount(targets);
        long now = quorum.strand.nanoTime();
        long delay = Pace.delay(length, now - stepBegan, quorum.foreground() != foregroundBefore, rate);
        breather = quorum.strand.schedule(this::goOn, delay);
    }

    private void goOn() {
        breather = null;
        boolean more = at < quorum.regions.offset(region) + quorum.regions.length(region, region + 1);
        if (quorum.isClosed()) {
            stop();
        } else if (quorum.prompt(targets) != targets || targets == 0 || (paused && more)) {
            nextRegion(region + 1);
        } else if (more) {
            copyNext();
        } else {
            copied.put(region, targets | sources);
            if (bySay) {
                accepted.add(region);
            }
            nextRegion(region + 1);
        }
    }

    private void flush() {
        int children = 0;
        for (int mask : copied.values()) {
            children |= mask;
        }
        flushed = 0;
        flushing = 1;
        for (int left = children & quorum.voters.answering(); left != 0; left &= left - 1) {
            flushing++;
            new ChildRequest(quorum.children[Integer.numberOfTrailingZeros(left)], this).flush(false);
        }
        flushAnswered();
    }

    @Override
    public void answered(ChildRequest request) {
        BlockError error = request.error();
        if (error != null) {
            quorum.reporter.failed(request.child, Operation.FLUSH, error, 0, quorum.regions.size());
            quorum.sync.flushFailed(request.child);
        } else if (request.isCurrent()) {
            flushed |= request.child.bit();
        }
        flushAnswered();
    }

    private void flushAnswered() {
        if (--flushing > 0) {
            return;
        }
        int last = copied.lastKey();
        copied.forEach((r, mask) -> inSync(r, mask & flushed));
        copied.clear();
        accepted.clear();
        record(() -> nextRegion(last + 1));
    }

    /** Nobody is called in sync before a crash can no longer undo it: the margin would be another afterwards. */
    private void record(Runnable then) {
        quorum.book.awaitRemoved(error -> {
            quorum.sync.reportIfNotRecorded(error);
            quorum.voters.publish();
            then.run();
        });
    }

    private void inSync(int r, int children) {
        if (!accepted.contains(r)) {
            removeStale(r, children);
            return;
        }
        // An accepted child alone is no quorum: all or nothing. Whoever else held that it was in sync is no longer.
        int others = quorum.everybody() & ~children & ~quorum.voters.staleIn(r);
        if (Integer.bitCount(children) >= quorum.threshold()) {
            quorum.sync.markStale(others, r, r + 1, error -> {
                if (error == null) {
                    removeStale(r, children);
                    record(() -> {});
                } else {
                    quorum.sync.reportIfNotRecorded(error);
                }
            });
        }
    }

    private void removeStale(int r, int children) {
        for (int left = children & quorum.voters.staleIn(r); left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            quorum.voters.putInSync(child, r, r + 1);
        }
    }

    private void stop() {
        running = false;
        truth = waitingFor.isEmpty() && !paused ? NOBODY : truth;
        String reason = paused ? "an operator to resume it" : waitingFor;
        status = new ResyncStatus(false, paused, bytesDone, bytesDone + remaining(), 0, reason);
    }

    private void publish() {
        long nanos = Math.max(1, quorum.strand.nanoTime() - began);
        status = new ResyncStatus(
                true, false, bytesDone, bytesDone + remaining(), (long) (bytesDone * 1e9 / nanos), waitingFor);
    }

    private long remaining() {
        long regions = 0;
        for (int left = quorum.voters.answering(); left != 0; left &= left - 1) {
            regions += quorum.voters.staleRegions(Integer.numberOfTrailingZeros(left));
        }
        return regions * quorum.regions.regionSize();
    }

    @Override
    public void ended(ChildRequest request) {
        // Too late to be believed; but what has been written since may be dropped with it.
        if (request.lateError() != null) {
            quorum.sync.flushFailed(request.child);
        }
    }
}
