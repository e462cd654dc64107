package io.quorumd.quorum;

import io.quorumd.block.Completion;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.JournalEntry;
import io.quorumd.quorum.state.RegionMap;
import io.quorumd.quorum.state.VolumeState;
import java.util.function.Consumer;

/**
 * What a quorum device remembers about its children: which regions of which child are stale, where writes are intended,
 * and where children may differ. Ranges of regions are {@code [from, to)}; everything on the strand.
 *
 * <p>What must be durable before what (contract 6.1, 6.2):
 *
 * <ol>
 *   <li>intent, before the first child write of a region is issued;
 *   <li>staleness, before the operation that a child missed is acknowledged;
 *   <li>staleness of whoever lost an unsettled region, before the first answer from it goes out;
 *   <li>every child's flush of a region (or its staleness), before its intent is removed.
 * </ol>
 */
public abstract sealed class Bookkeeping permits DurableBookkeeping, VolatileBookkeeping {

    /** Kept in the volume's state; the children in the order in which the volume was started with them. */
    public static Bookkeeping in(VolumeState state) {
        return new DurableBookkeeping(state);
    }

    /** Kept in memory only: nothing is remembered over a restart. For tests, and to measure what remembering costs. */
    public static Bookkeeping inMemory() {
        return new VolatileBookkeeping();
    }

    /** Called once, before anything else. */
    abstract void begin(Regions regions, String[] nodeNames);

    /** What may be done with a child at the start. */
    abstract ChildVerdict verdict(int child);

    /** The length that every child must have, or -1 when that is for the children to say. */
    abstract long size();

    /** Whether a child of this length can be one of a volume of {@code size} bytes: it may be longer while that grows. */
    boolean admits(long length, long size) {
        return length == size;
    }

    /** Stale regions of a child. Only to be read. */
    abstract RegionMap stale(int child);

    /** They are stale in memory at once, durably at completion. */
    abstract void addStale(int child, int from, int to, Completion done);

    /** They are in sync in memory at once, durably some time later. */
    abstract void removeStale(int child, int from, int to);

    /** Completes when every {@link #removeStale} before is on stable storage, and so not undone by a crash. */
    abstract void awaitRemoved(Completion done);

    /** Whether intent is durable for all of the range. */
    abstract boolean hasIntent(int from, int to);

    abstract void addIntent(int from, int to, Completion done);

    /** Without effect where a region is unsettled. */
    abstract void removeIntent(int from, int to);

    /** Regions with intent, unsettled ones among them. Only to be read. */
    abstract RegionMap intent();

    /** Regions where children may differ. Only to be read. */
    abstract RegionMap unsettled();

    abstract void unsettle(int from, int to, Completion done);

    abstract void settled(int from, int to);

    /** Regions in which a child may have lost acknowledged data and could not be made stale. Only to be read. */
    abstract RegionMap lost(int child);

    abstract void addLost(int child, int from, int to, Completion done);

    /** In memory at once, durably some time later. */
    abstract void removeLost(int child, int from, int to);

    /** Regions that a flush of a child failed for, so that they are to be written anew. Only to be read. */
    abstract RegionMap unwritten(int child);

    abstract void addUnwritten(int child, int from, int to, Completion done);

    /** In memory at once, durably some time later. */
    abstract void removeUnwritten(int child, int from, int to);

    /** Completes when whatever has been called stale, lost or unwritten is on stable storage; tries again what failed. */
    abstract void awaitAdded(Completion done);

    /** Writes what could not be recorded before; completes without an error when nothing is left of it. */
    abstract void retry(Completion done);

    /** False while nothing at all is known, so that every read is voted on (6.9). */
    abstract boolean isKnown();

    abstract void becomeKnown(Completion done);

    abstract void childLeft(int child);

    /** What a child that answers again may do; everything that it implies is durable by then. */
    abstract void childReturned(ChildFound found, Consumer<ChildVerdict> done);

    abstract void journal(JournalEntry entry);
}
