package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import org.jspecify.annotations.Nullable;

/**
 * One write, or write-zeroes, of whole blocks to all children at once. Holds its range exclusively, so that overlapping
 * writes reach every child in the same order and no read sees some children before and others after it.
 */
final class WriteOp extends RangeQueue.Hold implements ChildRequest.Owner {

    private final Quorum quorum;
    private final ChildRequest[] requests;

    private long offset;
    private long length;
    private @Nullable ByteBuf source;
    private boolean deallocate;
    private boolean fua;
    private boolean underHold;
    private @Nullable Completion done;

    private int asked;
    private int pending;
    private int succeeded;
    private boolean asking;

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
        fua = durable || !quorum.options.writeCache();
        underHold = held;
        done = completion;
        if (held || quorum.ranges.acquire(this, at, bytes, true)) {
            ask();
        }
    }

    @Override
    protected void granted() {
        ask();
    }

    private void ask() {
        asked = quorum.writable(offset, length);
        pending = asked;
        succeeded = 0;
        asking = true;
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
        if (pending == 0) {
            conclude();
        }
    }

    @Override
    public void answered(ChildRequest request) {
        pending &= ~request.child.bit();
        BlockError error = request.error();
        if (error == null) {
            succeeded |= request.child.bit();
        } else {
            quorum.reporter.failed(request.child, Operation.WRITE, error, offset, length);
        }
        if (pending == 0 && !asking) {
            conclude();
        }
    }

    private void conclude() {
        BlockError error = null;
        if (quorum.voters.haveAtLeast(quorum.threshold(), succeeded, offset, length)) {
            // Whoever missed it has no vote there, before anybody hears that it was written.
            quorum.markStale(quorum.everybody() & ~succeeded, offset, length);
        } else {
            error = VotedError.of(errors(), "fewer than " + quorum.threshold() + " children in sync were written");
            quorum.reporter.noQuorum(offset, length, error);
        }
        Completion completion = done;
        if (completion == null) {
            throw new IllegalStateException("completed twice");
        }
        done = null;
        if (!underHold) {
            quorum.ranges.release(this);
        }
        retire();
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
        quorum.recycle(this);
    }

    @Override
    public void ended(ChildRequest request) {
        if (done == null && pending == 0) {
            retire();
        }
    }
}
