package io.quorumd.quorum.state;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.Strand;
import io.quorumd.block.Strand.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A region map that outlives a crash: what {@link #add} has completed is there afterwards, whatever the crash tore.
 *
 * <p>Regions added while a batch is being written share the next one, and all of a batch shares one sync. Removing is
 * lazy: it takes effect in memory at once and on disk some seconds later, so that after a crash a removed region may be
 * back; whoever uses a map must be able to live with that.
 *
 * <p>Belongs to a {@link Strand}: all methods are called on it and completions run on it, inline when there is nothing
 * to wait for. The disk is touched by the worker only. Ranges of regions are {@code [from, to)}.
 */
public final class DurableMap {

    private static final long REMOVAL_DELAY_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final MapFile file;
    private final Strand strand;
    private final Executor worker;
    private final String description;

    private final RegionMap regions;
    /** In {@link #regions}, but neither durable nor being written. */
    private final RegionMap unwritten;
    /** In the batch that the worker has. */
    private final RegionMap beingWritten;
    /** In {@link #regions}, but not to be written before {@link #persist}. */
    private final RegionMap withheld;
    /** Removed, but perhaps still there on disk; and those of them that the batch under way takes off. */
    private final RegionMap lingering;

    private final RegionMap beingTakenOff;

    private final BitSet dirtyPages = new BitSet();
    private final BitSet unmirroredPages = new BitSet();
    private final BitSet batchPages = new BitSet();
    private final List<ByteBuffer> images = new ArrayList<>();
    private List<Completion> waiting = new ArrayList<>();
    private List<Completion> batchWaiting = new ArrayList<>();
    private boolean busy;
    private boolean batchScheduled;
    private @Nullable Timer removal;

    DurableMap(MapFile file, String description, Strand strand, Executor worker) {
        this.file = file;
        this.description = description;
        this.strand = strand;
        this.worker = worker;
        this.regions = file.found();
        this.unwritten = new RegionMap(regions.regions());
        this.beingWritten = new RegionMap(regions.regions());
        this.withheld = new RegionMap(regions.regions());
        this.lingering = new RegionMap(regions.regions());
        this.beingTakenOff = new RegionMap(regions.regions());
        dirtyPages.or(file.halfDamaged());
    }

    /** What is in the map now, durable or not. Only to be read. */
    public RegionMap regions() {
        return regions;
    }

    /** Whether all of the range is in the map on stable storage. */
    public boolean isDurable(int from, int to) {
        return regions.containsAll(from, to)
                && !unwritten.containsAny(from, to)
                && !beingWritten.containsAny(from, to)
                && !withheld.containsAny(from, to);
    }

    /** Whether some of the range is no longer in the map but would perhaps be back after a crash. */
    boolean lingers(int from, int to) {
        return lingering.containsAny(from, to) || beingTakenOff.containsAny(from, to);
    }

    /**
     * Adds a range. It is in {@link #regions} at once.
     *
     * @param done when it is on stable storage; inline, without allocating, when it was already. With an error the
     *     range stays in the map in memory, and the next {@code add} tries again
     */
    public void add(int from, int to, Completion done) {
        if (isDurable(from, to)) {
            done.completed(null);
            return;
        }
        addMissing(from, to, unwritten);
        persist(from, to, done);
    }

    /** Adds a range in memory only; it is not written before {@link #persist}, or {@link #add}, says so. */
    void withhold(int from, int to) {
        addMissing(from, to, withheld);
    }

    /** Makes what is in the map of a range durable; what has been removed from it meanwhile stays removed. */
    void persist(int from, int to, Completion done) {
        for (int region = withheld.nextSet(from, to); region < to; region = withheld.nextSet(region, to)) {
            int end = withheld.nextClear(region, to);
            withheld.remove(region, end);
            unwritten.add(region, end);
        }
        if (unwritten.containsAny(from, to)) {
            markDirty(from, to);
            waiting.add(done);
            scheduleBatch();
        } else if (beingWritten.containsAny(from, to)) {
            batchWaiting.add(done);
        } else {
            done.completed(null);
        }
    }

    private void addMissing(int from, int to, RegionMap how) {
        for (int region = regions.nextClear(from, to); region < to; region = regions.nextClear(region, to)) {
            int end = regions.nextSet(region, to);
            regions.add(region, end);
            how.add(region, end);
        }
    }

    /** Completes when all that is in the map is on stable storage; inline, when it is already. */
    public void awaitAdded(Completion done) {
        if (hasAdded()) {
            persist(0, regions.regions(), done);
        } else {
            done.completed(null);
        }
    }

    /** Whether something that was added is not on stable storage yet. */
    boolean hasAdded() {
        return !unwritten.isEmpty() || !beingWritten.isEmpty() || !withheld.isEmpty();
    }

    /** Removes a range, lazily on disk; never while somebody waits for its {@link #add} or relies on it. */
    public void remove(int from, int to) {
        if (!regions.containsAny(from, to)) {
            return;
        }
        for (int region = regions.nextSet(from, to); region < to; region = regions.nextSet(region, to)) {
            int end = regions.nextClear(region, to);
            lingering.add(region, end);
            region = end;
        }
        regions.remove(from, to);
        unwritten.remove(from, to);
        withheld.remove(from, to);
        markDirty(from, to);
        if (removal == null) {
            removal = strand.schedule(this::writeRemovals, REMOVAL_DELAY_NANOS);
        }
    }

    /** Completes when everything done to the map before, removals too, is on stable storage. */
    public void sync(Completion done) {
        if (!busy && dirtyPages.isEmpty()) {
            done.completed(null);
            return;
        }
        waiting.add(done);
        scheduleBatch();
    }

    /**
     * Writes what is left, both copies of each page alike, so that after a clean stop damage to either is harmless, and
     * gives back the file. Nothing may be called afterwards.
     */
    void close(Completion done) {
        sync(error -> {
            if (error != null) {
                finish(error, done);
                return;
            }
            dirtyPages.or(unmirroredPages);
            unmirroredPages.clear();
            sync(mirrored -> finish(mirrored, done));
        });
    }

    private void finish(@Nullable BlockError error, Completion done) {
        if (removal != null) {
            removal.cancel();
        }
        try {
            file.close();
            done.completed(error);
        } catch (IOException failed) {
            done.completed(error == null ? failure(failed) : error);
        }
    }

    private void markDirty(int from, int to) {
        dirtyPages.set(from / RegionMap.PAGE_REGIONS, (to - 1) / RegionMap.PAGE_REGIONS + 1);
    }

    private void writeRemovals() {
        removal = null;
        if (!dirtyPages.isEmpty()) {
            scheduleBatch();
        }
    }

    /** In a task of its own, so that all requests of one turn of the event loop share the first batch too. */
    private void scheduleBatch() {
        if (!busy && !batchScheduled) {
            batchScheduled = true;
            strand.execute(this::startBatch);
        }
    }

    private void startBatch() {
        batchScheduled = false;
        busy = true;
        List<Completion> swap = batchWaiting;
        batchWaiting = waiting;
        waiting = swap;
        beingWritten.addAll(unwritten);
        unwritten.clear();
        beingTakenOff.addAll(lingering);
        lingering.clear();
        batchPages.clear();
        batchPages.or(dirtyPages);
        dirtyPages.clear();
        RegionMap content = withheld.isEmpty() ? regions : regions.without(withheld);
        int image = 0;
        for (int page = batchPages.nextSetBit(0); page >= 0; page = batchPages.nextSetBit(page + 1)) {
            if (image == images.size()) {
                images.add(ByteBuffer.allocateDirect(MapPage.BYTES));
            }
            file.encode(images.get(image++), page, content);
        }
        worker.execute(this::writeBatch);
    }

    /** On the worker. */
    private void writeBatch() {
        BlockError error = null;
        try {
            int image = 0;
            for (int page = batchPages.nextSetBit(0); page >= 0; page = batchPages.nextSetBit(page + 1)) {
                file.write(images.get(image++), page);
            }
            file.sync();
        } catch (IOException failed) {
            error = failure(failed);
        }
        BlockError result = error;
        strand.execute(() -> batchWritten(result));
    }

    private void batchWritten(@Nullable BlockError error) {
        if (error == null) {
            for (int page = batchPages.nextSetBit(0); page >= 0; page = batchPages.nextSetBit(page + 1)) {
                file.written(page);
                unmirroredPages.set(page);
            }
        } else {
            dirtyPages.or(batchPages);
            putBack();
            lingering.addAll(beingTakenOff);
        }
        beingTakenOff.clear();
        beingWritten.clear();
        busy = false;
        List<Completion> completed = batchWaiting;
        batchWaiting = new ArrayList<>();
        for (Completion done : completed) {
            done.completed(error);
        }
        if (!waiting.isEmpty()) {
            scheduleBatch();
        }
    }

    /** Nothing of a failed batch is durable, but what has been removed meanwhile is no longer wanted either. */
    private void putBack() {
        int end = regions.regions();
        for (int region = beingWritten.nextSet(0, end); region < end; region = beingWritten.nextSet(region + 1, end)) {
            if (regions.contains(region)) {
                unwritten.add(region, region + 1);
            }
        }
    }

    private BlockError failure(IOException failed) {
        return BlockError.of(Errno.EIO, description + " cannot be written: " + failed.getMessage());
    }
}
