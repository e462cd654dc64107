package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayDeque;

/**
 * Rewrites what was outvoted, one run after the other, while somebody holds the range for it.
 */
final class Repair implements ChildRequest.Owner {

    private record Run(ChildRequest request, long offset, ByteBuf source) {}

    /** What follows when a run was not written. */
    interface Failure {
        void notWritten(Child child, long offset, long length);
    }

    private final Quorum quorum;
    private final Failure onFailure;
    private final ArrayDeque<Run> runs = new ArrayDeque<>();
    private final ArrayDeque<Run> leftBehind = new ArrayDeque<>();
    private Runnable done = () -> {};
    /** Children that did not answer a run: others would take as long, and the range is held all the while. */
    private int givenUp;

    private boolean limited;
    private long giveUpAt;
    private boolean writing;
    private boolean looping;

    Repair(Quorum quorum, Failure onFailure) {
        this.quorum = quorum;
        this.onFailure = onFailure;
    }

    /** @param source the right bytes; kept until the child has really ended the write */
    void add(Child child, long offset, ByteBuf source) {
        runs.add(new Run(new ChildRequest(child, this), offset, source));
    }

    void start(Runnable completion) {
        done = completion;
        proceed();
    }

    /** Begins no run after a time of the strand: what is left then counts as not written. */
    void start(long until, Runnable completion) {
        limited = true;
        giveUpAt = until;
        start(completion);
    }

    private void proceed() {
        if (looping) {
            return;
        }
        looping = true;
        while (!writing && !runs.isEmpty()) {
            Run run = runs.element();
            int writable = quorum.writable(run.offset, run.source.readableBytes()) & ~givenUp;
            boolean late = limited && quorum.strand.nanoTime() - giveUpAt >= 0;
            if (late || (writable & run.request.child.bit()) == 0) {
                lost(runs.remove());
                continue;
            }
            writing = true;
            // Before it is sent: a flush that fails meanwhile may drop it.
            quorum.sync.wroteUnflushed(run.offset, run.source.readableBytes());
            write(run);
        }
        looping = false;
        if (!writing && runs.isEmpty()) {
            done.run();
        }
    }

    /** A file with holes is to keep them. */
    private void write(Run run) {
        if (Contents.isZero(run.source)) {
            run.request.writeZeroes(run.offset, run.source.readableBytes(), true, false);
        } else {
            run.request.write(run.offset, run.source, false);
        }
    }

    /** It cannot be asked, or not any more: it keeps a wrong copy. */
    private void lost(Run run) {
        onFailure.notWritten(run.request.child, run.offset, run.source.readableBytes());
        run.source.release();
    }

    @Override
    public void answered(ChildRequest request) {
        writing = false;
        Run run = runs.remove();
        BlockError error = request.error();
        quorum.sync.wroteUnflushed(run.offset, run.source.readableBytes());
        if (error != null) {
            givenUp |= error.code() == Errno.ETIMEDOUT ? request.child.bit() : 0;
            quorum.reporter.failed(request.child, Operation.WRITE, error, run.offset, run.source.readableBytes());
            onFailure.notWritten(request.child, run.offset, run.source.readableBytes());
        }
        if (request.isUnderWay()) {
            leftBehind.add(run);
        } else {
            run.source.release();
        }
        proceed();
    }

    @Override
    public void ended(ChildRequest request) {
        leftBehind.removeIf(run -> {
            boolean ended = run.request == request;
            if (ended) {
                run.source.release();
            }
            return ended;
        });
    }
}
