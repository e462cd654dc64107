package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code read-pattern: fifo}: the children in configured order, stale ones skipped, until one can read; no vote. Whoever
 * takes too long is waited for no longer than leaves time for the others: the next one is asked beside it, and the first
 * answer counts. Where no child is in sync in the whole range it is read region by region.
 */
final class FifoRead extends RangeQueue.Hold implements ChildRequest.Owner {

    private final Quorum quorum;
    private final long offset;
    private final int length;
    private final boolean underHold;
    private final ReadCompletion done;

    /** What was read of the range so far; only when it is read in pieces. */
    private @Nullable ByteBuf pieces;

    private int pieceLength;
    /** Children not yet tried for the piece. */
    private int untried;

    /** Asked for the piece and not answered. */
    private final List<ChildRequest> waitedFor = new ArrayList<>();

    private final Timed patience = new Timed() {
        @Override
        void timedOut() {
            tryNext();
        }
    };
    /** The error of the last child, in order, that failed. */
    private @Nullable BlockError lastError;

    private int lastErrorOf = -1;

    FifoRead(Quorum quorum, long offset, int length, boolean held, ReadCompletion done) {
        this.quorum = quorum;
        this.offset = offset;
        this.length = length;
        this.underHold = held;
        this.done = done;
    }

    void start() {
        if (underHold || quorum.ranges.acquire(this, offset, length, false)) {
            granted();
        }
    }

    @Override
    protected void granted() {
        if (underHold || !quorum.sync.isUnsettled(offset, length)) {
            nextPiece();
            return;
        }
        quorum.ranges.release(this);
        quorum.settle(offset, length, error -> {
            if (error == null) {
                start();
            } else {
                quorum.reporter.noQuorum(offset, length);
                done.completed(null, error);
            }
        });
    }

    private int readSoFar() {
        return pieces == null ? 0 : pieces.writerIndex();
    }

    private void nextPiece() {
        long from = offset + readSoFar();
        int left = length - readSoFar();
        untried = quorum.votersEverywhere(from, left);
        pieceLength = left;
        if (untried == 0) {
            long endOfRegion = quorum.regions.offset(quorum.regions.at(from) + 1);
            pieceLength = (int) Math.min(left, endOfRegion - from);
            untried = quorum.votersEverywhere(from, pieceLength);
        }
        lastErrorOf = -1;
        tryNext();
    }

    private void tryNext() {
        // A child may have gone since the piece was begun.
        untried &= quorum.voters.answering();
        if (untried == 0) {
            if (waitedFor.isEmpty()) {
                fail();
            }
            return;
        }
        ChildRequest request = new ChildRequest(quorum.children[Integer.numberOfTrailingZeros(untried)], this);
        untried &= ~request.child.bit();
        waitedFor.add(request);
        request.read(offset + readSoFar(), pieceLength);
        if (waitedFor.contains(request) && untried != 0) {
            quorum.fifoPatience.watch(patience);
        }
    }

    @Override
    public void answered(ChildRequest request) {
        BlockError error = request.error();
        ByteBuf data = request.takeData();
        if (error != null) {
            quorum.reporter.failed(request.child, Operation.READ, error, request.offset(), request.length());
        }
        boolean isLast = !waitedFor.isEmpty() && waitedFor.getLast() == request;
        if (!waitedFor.remove(request)) {
            // Another one was faster.
            Quorum.release(data);
            return;
        }
        if (isLast || error == null) {
            patience.unwatch();
        }
        if (error == null && data != null) {
            waitedFor.clear();
            took(data);
            return;
        }
        if (request.child.index > lastErrorOf) {
            lastErrorOf = request.child.index;
            lastError = error;
        }
        if (isLast || waitedFor.isEmpty()) {
            tryNext();
        }
    }

    private void took(ByteBuf data) {
        if (pieceLength == length) {
            finish(data, null);
            return;
        }
        ByteBuf all = pieces;
        if (all == null) {
            all = quorum.allocator.directBuffer(length, length);
            pieces = all;
        }
        all.writeBytes(data, data.readerIndex(), pieceLength);
        data.release();
        if (all.writerIndex() == length) {
            finish(all, null);
        } else {
            nextPiece();
        }
    }

    private void fail() {
        BlockError error = quorum.failure(
                new @Nullable BlockError[] {lastError},
                1,
                offset + readSoFar(),
                pieceLength,
                "no child is in sync here");
        quorum.reporter.noQuorum(offset, length);
        Quorum.release(pieces);
        finish(null, error);
    }

    private void finish(@Nullable ByteBuf data, @Nullable BlockError error) {
        if (!underHold) {
            quorum.ranges.release(this);
        }
        done.completed(data, error);
    }

    @Override
    public void ended(ChildRequest late) {
        // What it read came too late and has been released.
    }
}
