package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.Update;
import org.jspecify.annotations.Nullable;

/** Read, change, write with the whole blocks of a range held: compound operations, and writes of less than a block. */
final class UpdateOp extends RangeQueue.Hold {

    private final Quorum quorum;
    private final long wantedOffset;
    private final int wantedLength;
    private final long offset;
    private final int length;
    private final boolean fua;
    private final boolean underHold;
    private final Update change;
    private final Completion done;

    /** @param held the caller has the whole blocks exclusively */
    UpdateOp(Quorum quorum, long offset, int length, boolean fua, boolean held, Update change, Completion done) {
        this.quorum = quorum;
        this.wantedOffset = offset;
        this.wantedLength = length;
        this.offset = quorum.blockFloor(offset);
        this.length = (int) (quorum.blockCeiling(offset + length) - this.offset);
        this.fua = fua;
        this.underHold = held;
        this.change = change;
        this.done = done;
    }

    void start() {
        if (underHold || quorum.ranges.acquire(this, offset, length, true)) {
            granted();
        }
    }

    @Override
    protected void granted() {
        if (underHold || !quorum.sync.isUnsettled(offset, length)) {
            quorum.readHeld(offset, length, this::write);
            return;
        }
        quorum.ranges.release(this);
        quorum.settle(offset, length, error -> {
            if (error == null) {
                start();
            } else {
                quorum.reporter.noQuorum(offset, length);
                done.completed(error);
            }
        });
    }

    private void write(@Nullable ByteBuf data, @Nullable BlockError error) {
        if (data == null) {
            finish(error);
            return;
        }
        BlockError refused = change.apply(data.slice(data.readerIndex() + (int) (wantedOffset - offset), wantedLength));
        if (refused != null) {
            data.release();
            finish(refused);
            return;
        }
        quorum.writeOp().write(offset, data, fua, true, written -> {
            data.release();
            finish(written);
        });
    }

    private void finish(@Nullable BlockError error) {
        if (!underHold) {
            quorum.ranges.release(this);
        }
        done.completed(error);
    }
}
