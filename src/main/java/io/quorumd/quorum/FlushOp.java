package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.quorum.state.RegionMap;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Flushes all children at once, one round at a time; requests that arrive during a round share the next one. Enough when
 * T children have flushed every region that was written; who has not is stale there, durably, before anybody is told.
 */
final class FlushOp implements ChildRequest.Owner {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Quorum quorum;
    private final ChildRequest[] requests;
    private List<Completion> waiting = new ArrayList<>();
    private List<Completion> served = new ArrayList<>();
    private RegionMap regions;
    private int asked;
    private int pending;
    private int succeeded;
    private long round;
    private boolean running;
    private boolean asking;
    /** The children have been asked, and the round needs no range any more. */
    private boolean flushing;

    private long flushingSince;

    FlushOp(Quorum quorum) {
        this.quorum = quorum;
        this.regions = new RegionMap(0);
        this.requests = new ChildRequest[quorum.children.length];
        for (Child child : quorum.children) {
            requests[child.index] = new ChildRequest(child, this);
        }
    }

    void flush(Completion done) {
        waiting.add(done);
        rounds();
        holdWritesIfDue();
    }

    private void holdWritesIfDue() {
        if (flushing && !waiting.isEmpty()) {
            quorum.gate.close(flushingSince);
        }
    }

    private void rounds() {
        if (!running && !waiting.isEmpty()) {
            running = true;
            List<Completion> free = served;
            served = waiting;
            waiting = free;
            redoDoubtful();
            // Only now: the children need not flush what goes on by this.
            quorum.gate.open();
        }
    }

    /** What an earlier flush failed for is written again first: a flush alone would only seem to succeed. */
    private void redoDoubtful() {
        int end = quorum.regions.count();
        int doubtful = quorum.sync.unflushed.firstDoubtful(end);
        if (doubtful == end) {
            ask();
            return;
        }
        if (quorum.isClosed()) {
            // Whoever closes holds every range, so that nothing can be settled; the stop is not a clean one.
            finish(BlockError.of(Errno.EIO, "what an earlier flush failed for is not written again"));
            return;
        }
        quorum.settle(doubtful, error -> {
            if (error == null) {
                redoDoubtful();
            } else {
                finish(error);
            }
        });
    }

    private void ask() {
        regions = quorum.sync.unflushed.beginFlush();
        succeeded = 0;
        pending = 0;
        for (Child child : quorum.children) {
            // A flush that was left behind may still end; until then another would tell nothing.
            boolean free = !requests[child.index].isUnderWay();
            pending |= free ? quorum.voters.answering() & child.bit() : 0;
        }
        asked = pending;
        flushing = true;
        flushingSince = quorum.strand.nanoTime();
        holdWritesIfDue();
        asking = true;
        for (int left = pending; left != 0; left &= left - 1) {
            requests[Integer.numberOfTrailingZeros(left)].flush(false);
        }
        asking = false;
        if (pending == 0) {
            conclude();
        } else if (quorum.options.writeCompletion() == When.THRESHOLD) {
            long thisRound = ++round;
            var _ = quorum.strand.schedule(() -> leaveTheRest(thisRound), GRACE_NANOS);
        }
    }

    /** With {@code write-completion: threshold} nobody waits long for the slowest. */
    private void leaveTheRest(long ofRound) {
        if (ofRound == round && pending != 0 && enoughEverywhere()) {
            for (int left = pending; left != 0; left &= left - 1) {
                requests[Integer.numberOfTrailingZeros(left)].leave();
            }
            pending = 0;
            conclude();
        }
    }

    @Override
    public void answered(ChildRequest request) {
        pending &= ~request.child.bit();
        BlockError error = request.error();
        if (error == null) {
            succeeded |= request.isCurrent() ? request.child.bit() : 0;
        } else {
            quorum.reporter.failed(request.child, Operation.FLUSH, error, 0, quorum.regions.size());
        }
        if (!asking && pending == 0) {
            round++;
            conclude();
        }
    }

    private void conclude() {
        int failed = quorum.everybody() & ~succeeded;
        if (failed == 0) {
            recorded();
        } else if (enoughEverywhere()) {
            markStale(failed);
            distrustThoseThatFailed();
            recorded();
        } else {
            doubt(failed & quorum.voters.answering());
            finish(quorum.failure(
                    errors(),
                    quorum.threshold(),
                    0,
                    quorum.regions.size(),
                    "fewer than " + quorum.threshold() + " children flushed"));
        }
    }

    /** Whatever they have not flushed may be dropped, what was written since this flush began too. */
    private void distrustThoseThatFailed() {
        for (int left = asked; left != 0; left &= left - 1) {
            ChildRequest request = requests[Integer.numberOfTrailingZeros(left)];
            if (request.error() != null && !request.isUnderWay()) {
                quorum.sync.flushFailed(request.child);
            }
        }
    }

    private boolean enoughEverywhere() {
        int end = quorum.regions.count();
        boolean enough = Integer.bitCount(succeeded) >= quorum.threshold();
        for (int region = regions.nextSet(0, end); enough && region < end; region = regions.nextSet(region + 1, end)) {
            enough = Integer.bitCount(succeeded & ~quorum.voters.staleIn(region)) >= quorum.threshold();
        }
        return enough;
    }

    /**
     * The last T copies are never condemned; but what failed to reach stable storage must be written again, what was
     * written since this flush began too.
     */
    private void doubt(int failed) {
        int end = quorum.regions.count();
        for (int region = quorum.sync.unflushed.next(0, end);
                region < end;
                region = quorum.sync.unflushed.next(region + 1, end)) {
            for (int left = failed & ~quorum.voters.staleIn(region); left != 0; left &= left - 1) {
                quorum.sync.doubt(Integer.numberOfTrailingZeros(left), region);
            }
            quorum.sync.unsettle(region, region + 1);
        }
    }

    private void markStale(int failed) {
        int end = quorum.regions.count();
        for (int from = regions.nextSet(0, end); from < end; ) {
            int to = regions.nextClear(from, end);
            quorum.sync.markStale(failed, from, to, quorum.sync::reportIfNotRecorded);
            from = regions.nextSet(to, end);
        }
    }

    /** Whoever lacks something of what is said to be on stable storage is known to, durably, before it is said. */
    private void recorded() {
        quorum.book.awaitAdded(notRecorded -> {
            if (notRecorded == null) {
                quorum.sync.flushed();
            } else {
                quorum.sync.reportIfNotRecorded(notRecorded);
            }
            finish(notRecorded);
        });
    }

    private void finish(@Nullable BlockError error) {
        if (error != null) {
            quorum.reporter.noQuorum(0, quorum.regions.size());
        }
        running = false;
        flushing = false;
        List<Completion> told = List.copyOf(served);
        served.clear();
        for (Completion done : told) {
            done.completed(error);
        }
        rounds();
    }

    private @Nullable BlockError[] errors() {
        @Nullable BlockError[] errors = new BlockError[requests.length];
        for (int i = 0; i < errors.length; i++) {
            boolean hangs = (asked & 1 << i) == 0 && requests[i].isUnderWay();
            errors[i] = hangs
                    ? BlockError.of(Errno.ETIMEDOUT, "an earlier flush has not ended")
                    : (asked & 1 << i) != 0 ? requests[i].error() : null;
        }
        return errors;
    }

    @Override
    public void ended(ChildRequest request) {
        // Too late to be believed; but what has been written since may be dropped with it.
        if (request.lateError() != null) {
            quorum.sync.flushFailed(request.child);
        }
    }
}
