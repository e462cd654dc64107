package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import org.jspecify.annotations.Nullable;

/**
 * One request to the device, between its caller and the operation that serves it: ends when the operation does, or with
 * ETIMEDOUT when all its stages together take too long. The operation then goes on by itself and holds its range until it
 * has ended, so that what becomes of it is still one thing only.
 */
final class Command extends Timed implements ReadCompletion, Completion {

    private final Quorum quorum;
    private @Nullable ReadCompletion read;
    private @Nullable Completion other;
    private boolean underWay;

    Command(Quorum quorum) {
        this.quorum = quorum;
    }

    Command begin(ReadCompletion done) {
        read = done;
        underWay = true;
        return this;
    }

    Command begin(Completion done) {
        other = done;
        underWay = true;
        return this;
    }

    /** To be called when the operation has been started: from now on its time counts, unless it has ended already. */
    void watch() {
        if (underWay && watchedBy == null) {
            quorum.commandTimeouts.watch(this);
        }
    }

    @Override
    public void completed(@Nullable ByteBuf data, @Nullable BlockError error) {
        ReadCompletion done = read;
        end();
        if (done != null) {
            done.completed(data, error);
        } else {
            Quorum.release(data);
        }
    }

    @Override
    public void completed(@Nullable BlockError error) {
        Completion done = other;
        end();
        if (done != null) {
            done.completed(error);
        }
    }

    /** Whether its caller has been told that it took too long, and may have let go of what came with it. */
    boolean isExpired() {
        return underWay && read == null && other == null;
    }

    private void end() {
        unwatch();
        read = null;
        other = null;
        underWay = false;
        quorum.recycle(this);
    }

    @Override
    void timedOut() {
        BlockError late = BlockError.of(Errno.ETIMEDOUT, "no answer from enough children in time");
        ReadCompletion readDone = read;
        Completion otherDone = other;
        read = null;
        other = null;
        if (readDone != null) {
            readDone.completed(null, late);
        } else if (otherDone != null) {
            otherDone.completed(late);
        }
    }
}
