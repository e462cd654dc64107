package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.Strand;
import io.quorumd.quorum.QuorumOptions.When;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One write, or write-zeroes, of whole blocks to all children at once. Holds its range exclusively, so that overlapping
 * writes reach every child in the same order and no read sees some children before and others after it.
 */
final class WriteOp extends RangeQueue.Hold implements ChildRequest.Owner, Completion {

    /** How often it looks whether stragglers have ended. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Quorum quorum;
    private final ChildRequest[] requests;

    private long offset;
    private long length;
    private long began;
    private @Nullable ByteBuf source;
    private boolean deallocate;
    private boolean fua;
    private boolean underHold;
    private @Nullable Completion done;

    private int asked;
    private int pending;
    private int succeeded;
    /** Children that it was acknowledged without. */
    private int straggling;

    private boolean asking;
    /** When the children were asked. */
    private long askedAt;
    /** Enough have answered, and the rest are waited for until then. */
    private Strand.@Nullable Timer grace;

    WriteOp(Quorum quorum) {
        this.quorum = quorum;
        this.requests = new ChildRequest[quorum.children.length];
        for (Child child : quorum.children) {
            requests[child.index] = new ChildRequest(child, this);
        }
    }

    /** Writes the source's readable bytes; a reference is kept until every child has really ended its write. */
    void write(long at, ByteBuf data, boolean durable, boolean held, Completion completion) {
        source = data.retain();
        start(at, data.readableBytes(), durable, held, completion);
    }

    void writeZeroes(long at, long bytes, boolean punch, boolean durable, boolean held, Completion completion) {
        deallocate = punch;
        start(at, bytes, durable, held, completion);
    }

    private void start(long at, long bytes, boolean durable, boolean held, Completion completion) {
        offset = at;
        length = bytes;
        began = quorum.strand.nanoTime();
        fua = durable || !quorum.options.writeCache();
        underHold = held;
        done = completion;
        if (held) {
            intend();
        } else if (quorum.ranges.acquire(this, at, bytes, true)) {
            granted();
        }
    }

    @Override
    protected void granted() {
        if (!quorum.gate.holdsBack(this)) {
            intend();
        }
    }

    /** Intent is durable before the first child is written. */
    void intend() {
        int from = quorum.regions.at(offset);
        int to = quorum.regions.end(offset, length);
        if (quorum.intent.isDurable(from, to)) {
            ask();
        } else {
            quorum.intent.add(from, to, this);
        }
    }

    /** The end of {@link #intend}. */
    @Override
    public void completed(@Nullable BlockError notRecorded) {
        if (notRecorded == null) {
            quorum.sync.writeRecorded();
            ask();
        } else {
            quorum.sync.writeNotRecorded(notRecorded, offset, length);
            asked = 0;
            finish(notRecorded);
        }
    }

    private void ask() {
        asked = quorum.writable(offset, length);
        if (mustWait()) {
            asked = 0;
            var _ = quorum.strand.schedule(this::ask, RETRY_NANOS);
            return;
        }
        giveUpOn(quorum.voters.answering() & ~asked);
        noteUnflushed();
        straggling = 0;
        pending = asked;
        succeeded = 0;
        asking = true;
        askedAt = quorum.strand.nanoTime();
        for (int left = asked; left != 0; left &= left - 1) {
            ChildRequest request = requests[Integer.numberOfTrailingZeros(left)];
            ByteBuf data = source;
            if (data != null) {
                request.write(offset, data, fua);
            } else {
                request.writeZeroes(offset, length, deallocate, fua);
            }
        }
        asking = false;
        concludeIfEnough();
    }

    /**
     * Whether there would be enough copies but for what was left behind: two children that straggle in neighbouring
     * regions, say, and a write that spans both. For half a command's time at most.
     */
    private boolean mustWait() {
        int answering = quorum.voters.answering();
        return asked != answering
                && !quorum.voters.haveAtLeast(quorum.threshold(), asked, offset, length)
                && quorum.voters.haveAtLeast(quorum.threshold(), answering, offset, length)
                && quorum.strand.nanoTime() - began < quorum.times.commandNanos() / 2;
    }

    /**
     * Children that are busy in a part of the range miss the whole of it. They have no vote there from now on, and not
     * only when this has been done by the others: until then a write beside this one could count on them and leave others.
     */
    private void giveUpOn(int busy) {
        if (busy != 0 && quorum.voters.haveAtLeast(quorum.threshold(), asked, offset, length)) {
            int from = quorum.regions.at(offset);
            quorum.sync.markStale(busy, from, quorum.regions.end(offset, length), quorum.sync::reportIfNotRecorded);
        }
    }

    @Override
    public void answered(ChildRequest request) {
        pending &= ~request.child.bit();
        BlockError error = request.error();
        if (error != null) {
            quorum.reporter.failed(request.child, Operation.WRITE, error, offset, length);
        }
        if (asking || done == null) {
            return;
        }
        concludeIfEnough();
    }

    private void concludeIfEnough() {
        if (pending == 0) {
            conclude();
        } else if (quorum.options.writeCompletion() == When.THRESHOLD) {
            waitForTheRest();
        }
    }

    /**
     * When enough have answered the others get as long again, unless they are behind already: whom it is acknowledged without
     * must be recorded first, which takes longer where all are about equally fast.
     */
    private void waitForTheRest() {
        if (!haveEnough()) {
            return;
        }
        long took = quorum.strand.nanoTime() - askedAt;
        if (took <= 0 || isBehind(pending)) {
            leaveTheRest();
        } else if (grace == null) {
            grace = quorum.strand.schedule(this::endGrace, took);
        }
    }

    private void endGrace() {
        grace = null;
        if (haveEnough()) {
            leaveTheRest();
        }
    }

    private boolean haveEnough() {
        return quorum.voters.haveAtLeast(quorum.threshold(), whoDidIt(), offset, length);
    }

    private boolean isBehind(int children) {
        for (int left = children; left != 0; left &= left - 1) {
            if (quorum.children[Integer.numberOfTrailingZeros(left)].hasLeftBehind()) {
                return true;
            }
        }
        return false;
    }

    private void endTimer() {
        Strand.Timer timer = grace;
        if (timer != null) {
            timer.cancel();
            grace = null;
        }
    }

    /** Whoever has not answered yet is left to end by itself; it has no vote there until then. */
    private void leaveTheRest() {
        for (int left = pending; left != 0; left &= left - 1) {
            requests[Integer.numberOfTrailingZeros(left)].leave();
        }
        straggling = pending;
        pending = 0;
        conclude();
    }

    private void conclude() {
        endTimer();
        int from = quorum.regions.at(offset);
        int to = quorum.regions.end(offset, length);
        succeeded = whoDidIt();
        noteUnflushed();
        if (!quorum.voters.haveAtLeast(quorum.threshold(), succeeded, offset, length)) {
            // It may have reached some: which of the two contents it is must be decided once and for all.
            quorum.sync.unsettle(from, to);
            BlockError error = quorum.failure(
                    errors(),
                    quorum.threshold(),
                    offset,
                    length,
                    "fewer than " + quorum.threshold() + " children in sync were written");
            quorum.reporter.noQuorum(offset, length);
            finish(error);
        } else if (succeeded == quorum.everybody()) {
            finish(null);
        } else {
            // Whoever missed it has no vote there, durably, before anybody hears that it was written.
            Gather gather = new Gather(this::recorded);
            quorum.sync.markStraggling(straggling, from, to, gather.one());
            quorum.sync.markStale(quorum.everybody() & ~succeeded & ~straggling, from, to, gather.one());
            gather.allGiven();
        }
    }

    /**
     * Before it is sent, because a flush that fails meanwhile may drop it; and when it has ended, because one that
     * succeeded meanwhile need not have been about it.
     */
    private void noteUnflushed() {
        if (!fua) {
            quorum.sync.wroteUnflushed(offset, length);
        }
    }

    private int whoDidIt() {
        int children = 0;
        for (int left = asked; left != 0; left &= left - 1) {
            ChildRequest request = requests[Integer.numberOfTrailingZeros(left)];
            boolean did = request.isAnswered() && !request.isLeft() && request.error() == null && request.isCurrent();
            children |= did ? request.child.bit() : 0;
        }
        return children;
    }

    private void recorded(@Nullable BlockError error) {
        if (error != null) {
            // Not acknowledged after all.
            quorum.sync.unsettle(quorum.regions.at(offset), quorum.regions.end(offset, length));
            quorum.sync.writeNotRecorded(error, offset, length);
        }
        finish(error);
    }

    private void finish(@Nullable BlockError error) {
        Completion completion = done;
        if (completion == null) {
            throw new IllegalStateException("completed twice");
        }
        done = null;
        boolean held = underHold;
        // Retired first: whoever gets the range may make a child end what this left behind there.
        retire();
        if (!held) {
            quorum.ranges.release(this);
        }
        completion.completed(error);
    }

    private @Nullable BlockError[] errors() {
        @Nullable BlockError[] errors = new BlockError[requests.length];
        for (int left = asked; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            errors[child] = requests[child].error();
        }
        return errors;
    }

    /** Used again, its source given up, as soon as no child has anything of it any more. */
    private void retire() {
        for (int left = asked; left != 0; left &= left - 1) {
            ChildRequest request = requests[Integer.numberOfTrailingZeros(left)];
            if (request.isUnderWay()) {
                return;
            }
            request.clear();
        }
        Quorum.release(source);
        source = null;
        deallocate = false;
        asked = 0;
        straggling = 0;
        quorum.recycle(this);
    }

    @Override
    public void ended(ChildRequest request) {
        if (request.isLeft()) {
            boolean well = request.lateError() == null && request.isCurrent();
            quorum.sync.straggled(request.child, quorum.regions.at(offset), quorum.regions.end(offset, length), well);
        }
        if (done == null && pending == 0) {
            retire();
        }
    }
}
