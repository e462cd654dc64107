package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.quorum.state.RegionMap;
import org.jspecify.annotations.Nullable;

/**
 * What each child is known to have: where it is in sync, what it missed, what it may have lost because it was not flushed.
 * Says so to whoever must know (voters, resync, the bookkeeping), in the order that the contract demands (6.1, 6.2).
 */
final class SyncState {

    final Unflushed unflushed;
    private final Quorum quorum;
    /** Why something is not on stable storage that should be; null while everything is. Read by any thread. */
    private volatile @Nullable String stateFailure;

    private boolean retrying;

    SyncState(Quorum quorum) {
        this.quorum = quorum;
        this.unflushed = new Unflushed(quorum.book.unsettled(), quorum.children.length);
        recallDoubts();
    }

    /** What a flush failed for before this start is written anew now. */
    private void recallDoubts() {
        int end = quorum.regions.count();
        for (int child = 0; child < quorum.children.length; child++) {
            RegionMap doubted = quorum.book.unwritten(child);
            for (int region = doubted.nextSet(0, end); region < end; region = doubted.nextSet(region + 1, end)) {
                unflushed.doubt(child, region);
                // It has been, but for one that was settled just before an interruption.
                quorum.book.unsettle(region, region + 1, this::reportIfNotRecorded);
            }
        }
    }

    /** These children have no vote any more in the regions {@code [from, to)}; durably when it completes. */
    void markStale(int which, int from, int to, Completion done) {
        for (int left = which; left != 0; left &= left - 1) {
            quorum.children[Integer.numberOfTrailingZeros(left)].stragglers.missed(from, to);
        }
        recordStale(which, from, to, done);
    }

    /** Likewise, because of a write that is acknowledged without them and has not ended. */
    void markStraggling(int which, int from, int to, Completion done) {
        for (int left = which; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            for (int region = from; region < to; region++) {
                quorum.children[child].stragglers.left(region, (quorum.voters.staleIn(region) & 1 << child) != 0);
            }
        }
        recordStale(which, from, to, done);
    }

    /** A write that was acknowledged without this child has ended. */
    void straggled(Child child, int from, int to, boolean well) {
        for (int region = from; region < to; region++) {
            boolean complete = child.stragglers.ended(region, well);
            // Its copy is not flushed, so it must be part of the next flush, and after a power loss of a settlement.
            if (complete && quorum.book.hasIntent(region, region + 1)) {
                unflushed.written(region, region + 1);
                quorum.voters.removeStale(child.index, region, region + 1);
            }
        }
    }

    /** A flush succeeded: a copy that was no part of it counts again only after a resync, which flushes. */
    void flushed() {
        unflushed.flushed();
        for (Child child : quorum.children) {
            child.stragglers.flushed();
        }
    }

    private void recordStale(int which, int from, int to, Completion done) {
        quorum.resync.missed(which, from, to);
        Gather gather = new Gather(done);
        for (int left = which; left != 0; left &= left - 1) {
            quorum.voters.addStale(Integer.numberOfTrailingZeros(left), from, to, gather.one());
        }
        gather.allGiven();
    }

    /** A repair failed, while T others hold what is right. */
    void notRepaired(Child child, long offset, long length) {
        markStale(
                child.bit(), quorum.regions.at(offset), quorum.regions.end(offset, length), this::reportIfNotRecorded);
    }

    /** Children may differ there; the regions have intent, so that this is durable already. */
    void unsettle(int from, int to) {
        // A child that is being brought in sync may keep what the settlement will decide against.
        quorum.resync.missed(quorum.everybody(), from, to);
        quorum.book.unsettle(from, to, this::reportIfNotRecorded);
    }

    void reportIfNotRecorded(@Nullable BlockError error) {
        if (error != null) {
            stateFailure = error.message();
            quorum.reporter.notRecorded(error);
        }
    }

    /** A write is refused because what must be on stable storage first is not; said once until it works again. */
    void writeNotRecorded(BlockError error, long offset, long length) {
        quorum.reporter.noQuorum(offset, length);
        if (stateFailure == null) {
            reportIfNotRecorded(error);
        }
    }

    void writeRecorded() {
        stateFailure = null;
    }

    @Nullable
    String stateFailure() {
        return stateFailure;
    }

    /** Now and then: nobody may write for long, and health is to tell when the state can be written again. */
    void retryRecording() {
        if (stateFailure != null && !retrying) {
            retrying = true;
            quorum.book.retry(error -> {
                retrying = false;
                stateFailure = error == null ? null : error.message();
            });
        }
    }

    void wroteUnflushed(long offset, long length) {
        unflushed.written(quorum.regions.at(offset), quorum.regions.end(offset, length));
    }

    /** Whether children may differ somewhere in the range, so that it must be settled before it is read. */
    boolean isUnsettled(long offset, long length) {
        return !quorum.book.unsettled().isEmpty()
                && quorum.book.unsettled().containsAny(quorum.regions.at(offset), quorum.regions.end(offset, length));
    }

    /** Children that may have lost acknowledged data in a region, and so do not decide there while others can. */
    int losersOf(int region) {
        int losers = 0;
        for (Child child : quorum.children) {
            losers |= quorum.book.lost(child.index).contains(region) ? child.bit() : 0;
        }
        return losers;
    }

    /** A region has been settled and flushed: nobody is in doubt there any more. */
    void believe(int region) {
        unflushed.believe(region);
        for (Child child : quorum.children) {
            quorum.book.removeLost(child.index, region, region + 1);
            quorum.book.removeUnwritten(child.index, region, region + 1);
        }
    }

    /** A flush of a child failed, or may have: what it was to write is written anew before another is believed. */
    void doubt(int child, int region) {
        unflushed.doubt(child, region);
        quorum.book.addUnwritten(child, region, region + 1, this::reportIfNotRecorded);
    }

    /**
     * A child may have lost what it had not flushed: it is stale there, or, where too few others are in sync for that,
     * what is right is to be decided anew.
     */
    private void distrustUnflushed(Child child, boolean lost) {
        int end = quorum.regions.count();
        for (int region = unflushed.next(child.index, 0, end);
                region < end;
                region = unflushed.next(child.index, region + 1, end)) {
            if (hasEnoughOthers(child, region)) {
                markStale(child.bit(), region, region + 1, this::reportIfNotRecorded);
            } else {
                quorum.resync.missed(child.bit(), region, region + 1);
                doubt(child.index, region);
                if (lost) {
                    quorum.book.addLost(child.index, region, region + 1, this::reportIfNotRecorded);
                }
                unsettle(region, region + 1);
            }
        }
    }

    /** It was seen with another length: what it held is gone, even if it has its length again when it comes back. */
    void lostContent(Child child) {
        int end = quorum.regions.count();
        for (int from = 0; from < end; ) {
            int to = from;
            while (to < end && hasEnoughOthers(child, to)) {
                to++;
            }
            if (to > from) {
                markStale(child.bit(), from, to, this::reportIfNotRecorded);
            }
            from = to + 1;
        }
    }

    private boolean hasEnoughOthers(Child child, int region) {
        int others = quorum.everybody() & ~child.bit() & ~quorum.voters.staleIn(region);
        return Integer.bitCount(others) >= quorum.threshold();
    }

    /**
     * A flush that was about one region failed, or any failed late: the child may have dropped whatever it had not
     * flushed, and its next flush would not say so.
     */
    void flushFailed(Child child) {
        distrustUnflushed(child, false);
    }

    /** The file or connection of a child is gone, with what it had not flushed. */
    void childLost(Child child) {
        distrustUnflushed(child, true);
    }
}
