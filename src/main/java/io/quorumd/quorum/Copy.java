package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import org.jspecify.annotations.Nullable;

/**
 * Copies one range, held exclusively, to children that are to be brought in sync: from a vote, or, where that is not to
 * be had and somebody allowed it, from named children that all agree.
 */
final class Copy extends RangeQueue.Hold {

    private final Quorum quorum;
    private final long offset;
    private final int length;
    private final int sources;
    private final int targets;
    private final Repair.Failure onFailure;
    private final Completion done;
    private final @Nullable Testimony[] testimonies;
    private int unheard;

    /** @param sources 0: whoever has a vote */
    Copy(Quorum quorum, long offset, int length, int sources, int targets, Repair.Failure onFailure, Completion done) {
        this.quorum = quorum;
        this.offset = offset;
        this.length = length;
        this.sources = sources;
        this.targets = targets;
        this.onFailure = onFailure;
        this.done = done;
        this.testimonies = new Testimony[quorum.children.length];
    }

    void start() {
        if (quorum.ranges.acquire(this, offset, length, true)) {
            granted();
        }
    }

    @Override
    protected void granted() {
        if (sources != 0) {
            hear();
        } else if (quorum.sync.isUnsettled(offset, length)) {
            finish(BlockError.of(Errno.EIO, "copies may differ here"));
        } else {
            quorum.readOp().start(offset, length, true, this::write);
        }
    }

    private void hear() {
        unheard = 1;
        long giveUpAt = quorum.strand.nanoTime();
        for (int left = sources; left != 0; left &= left - 1) {
            Child child = quorum.children[Integer.numberOfTrailingZeros(left)];
            testimonies[child.index] =
                    new Testimony(quorum, child, offset, length, quorum.block, giveUpAt, this::heard);
            unheard++;
        }
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                testimony.take();
            }
        }
        heard();
    }

    private void heard() {
        if (--unheard > 0) {
            return;
        }
        ByteBuf agreed = null;
        boolean agree = true;
        for (Testimony testimony : testimonies) {
            if (testimony == null) {
                continue;
            }
            if (testimony.isAbsent() || testimony.error() != null) {
                agree = false;
            } else if (agreed == null) {
                agreed = testimony.content();
            } else {
                ByteBuf other = testimony.content();
                agree &= Contents.equal(agreed, agreed.readerIndex(), other, other.readerIndex(), length);
            }
        }
        ByteBuf data = agree && agreed != null ? agreed.retain() : null;
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                testimony.release();
            }
        }
        write(data, BlockError.of(Errno.EIO, "the copies that are left do not agree"));
    }

    private void write(@Nullable ByteBuf data, @Nullable BlockError error) {
        if (data == null) {
            finish(error);
            return;
        }
        Repair repair = new Repair(quorum, onFailure);
        for (int left = targets; left != 0; left &= left - 1) {
            repair.add(quorum.children[Integer.numberOfTrailingZeros(left)], offset, data.retain());
        }
        data.release();
        repair.start(() -> finish(null));
    }

    private void finish(@Nullable BlockError error) {
        quorum.ranges.release(this);
        done.completed(error);
    }
}
