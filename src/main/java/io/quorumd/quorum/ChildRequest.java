package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import org.jspecify.annotations.Nullable;

/**
 * One request to one child, from its sending to its <em>real</em> end. Its owner is told once that it was answered, by
 * the child or by the timeout, and, if it was the timeout, once more when it has really ended; until then nothing that
 * the child may still touch is used again. Belongs to an operation and is used again and again.
 */
final class ChildRequest extends Timed implements ReadCompletion, Completion {

    /** The operation. */
    interface Owner {

        /** {@link #data} or {@link #error} tell how; {@link #isUnderWay} whether it still goes on regardless. */
        void answered(ChildRequest request);

        /** A request that had timed out has ended at last. */
        void ended(ChildRequest request);
    }

    /** What is asked of the child. */
    enum Kind {
        READ,
        WRITE,
        ZEROES,
        FLUSH
    }

    final Child child;
    private final Owner owner;

    private Kind kind = Kind.READ;
    private long offset;
    private long length;
    private @Nullable ByteBuf data;
    private @Nullable BlockError error;
    private @Nullable BlockError lateError;
    private @Nullable BlockDevice sentTo;
    private boolean underWay;
    private int flushFailuresBefore;
    private boolean answered;
    private boolean left;
    private boolean held;
    /** It is part of the child's backlog. */
    private boolean unawaited;

    ChildRequest(Child child, Owner owner) {
        this.child = child;
        this.owner = owner;
    }

    void read(long at, int bytes) {
        BlockDevice device = send(Kind.READ, at, bytes);
        if (device != null) {
            device.read(at, bytes, this);
        }
        sent();
    }

    void write(long at, ByteBuf source, boolean fua) {
        BlockDevice device = send(Kind.WRITE, at, source.readableBytes());
        if (device != null) {
            device.write(at, source, fua, this);
        }
        sent();
    }

    void writeZeroes(long at, long bytes, boolean deallocate, boolean fua) {
        BlockDevice device = send(Kind.ZEROES, at, bytes);
        if (device != null) {
            device.writeZeroes(at, bytes, deallocate, fua, this);
        }
        sent();
    }

    /** @param whileHeld others wait for a range meanwhile, so that it gets less time */
    void flush(boolean whileHeld) {
        held = whileHeld;
        BlockDevice device = send(Kind.FLUSH, 0, 0);
        if (device != null) {
            device.flush(this);
        }
        sent();
    }

    boolean isHeld() {
        return held;
    }

    Kind kind() {
        return kind;
    }

    long offset() {
        return offset;
    }

    long length() {
        return length;
    }

    @Nullable
    BlockError error() {
        return error;
    }

    @Nullable
    ByteBuf data() {
        return data;
    }

    /** Gives up what was read; the caller owns it now. */
    @Nullable
    ByteBuf takeData() {
        ByteBuf taken = data;
        data = null;
        return taken;
    }

    /** Whether the child has not ended it: answered by a timeout, or not at all. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Whether it was answered, well or badly, since it was last sent. */
    boolean isAnswered() {
        return answered;
    }

    /**
     * Whether the child has not been lost since it was sent, and, for a flush, no other flush of it has failed: what it
     * did then is not on any medium for sure.
     */
    boolean isCurrent() {
        return child.isCurrent(sentTo) && (kind != Kind.FLUSH || flushFailuresBefore == child.flushFailures());
    }

    /** Nobody waits for it any more: its owner is told of its end only. */
    void leave() {
        left = true;
        answered = true;
        child.leftBehind(this);
        late();
    }

    /** Nobody waits for it any more; its owner is told as ever, and compares what it reads. */
    void late() {
        if (underWay && !unawaited) {
            unawaited = true;
            child.late(bytesHeld());
        }
    }

    /** What is kept in memory until it has ended. */
    private long bytesHeld() {
        return kind == Kind.ZEROES ? 0 : length;
    }

    /** Whether it was left, as opposed to timed out. */
    boolean isLeft() {
        return left;
    }

    boolean overlaps(long at, long bytes) {
        return offset < at + bytes && at < offset + length;
    }

    /** Lets go of what was read. */
    void clear() {
        if (data != null) {
            data.release();
            data = null;
        }
        error = null;
        answered = false;
    }

    /** The end of a read, from the child. */
    @Override
    public void completed(@Nullable ByteBuf read, @Nullable BlockError failure) {
        boolean late = end();
        if (late) {
            if (read != null) {
                read.release();
            }
            lateError = failure;
            owner.ended(this);
            return;
        }
        data = read;
        answer(failure);
    }

    /** The end of anything else, from the child. */
    @Override
    public void completed(@Nullable BlockError failure) {
        if (end()) {
            lateError = failure;
            noteFailedFlush(failure);
            owner.ended(this);
        } else {
            answer(failure);
        }
    }

    /** After it has ended late: how. */
    @Nullable
    BlockError lateError() {
        return lateError;
    }

    @Override
    void timedOut() {
        if (left) {
            child.hangs();
            return;
        }
        child.leftBehind(this);
        late();
        answer(BlockError.of(Errno.ETIMEDOUT, "no answer in time"));
    }

    /** Null when the child is gone: one that is lost takes others' requests with it, whoever is just about to ask it. */
    private @Nullable BlockDevice send(Kind what, long at, long bytes) {
        if (underWay) {
            throw new IllegalStateException(child + ": request used again before its end");
        }
        kind = what;
        offset = at;
        length = bytes;
        underWay = true;
        answered = false;
        left = false;
        error = null;
        BlockDevice device = child.device();
        sentTo = device;
        flushFailuresBefore = child.flushFailures();
        return device;
    }

    private void sent() {
        if (sentTo == null) {
            underWay = false;
            answer(BlockError.of(Errno.ENODEV, "not open"));
        } else if (underWay && !answered) {
            child.watch(this);
        }
    }

    /** @return whether it had been answered by the timeout before */
    private boolean end() {
        if (!underWay) {
            throw new IllegalStateException(child + ": completed twice");
        }
        underWay = false;
        unwatch();
        if (unawaited) {
            unawaited = false;
            child.backlog.remove(bytesHeld());
        }
        if (answered) {
            child.leftBehindEnded(this);
        }
        return answered;
    }

    private void noteFailedFlush(@Nullable BlockError failure) {
        if (kind == Kind.FLUSH && failure != null) {
            child.countFailedFlush();
        }
    }

    private void answer(@Nullable BlockError failure) {
        answered = true;
        error = failure;
        child.answered(sentTo, failure);
        noteFailedFlush(failure);
        owner.answered(this);
    }
}
