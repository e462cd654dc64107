package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.util.ArrayDeque;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What one child has to say about a range, as far as it can read it: a read that fails is split by halves down to the
 * units that cannot be read. Stops splitting when its time is up.
 */
final class Testimony implements ChildRequest.Owner {

    private record Piece(int from, int length) {}

    private final Quorum quorum;
    private final ChildRequest request;
    private final long offset;
    private final int length;
    private final int unit;
    private final long giveUpAt;
    private final Runnable done;
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private final BitSet unreadable = new BitSet();
    private Piece current;
    private @Nullable ByteBuf content;
    private @Nullable BlockError error;
    private boolean absent;
    private boolean reading;
    private boolean looping;

    /** @param unit bytes below which nothing is split; the whole range when votes are on requests */
    Testimony(Quorum quorum, Child child, long offset, int length, int unit, long giveUpAt, Runnable done) {
        this.quorum = quorum;
        this.request = new ChildRequest(child, this);
        this.offset = offset;
        this.length = length;
        this.unit = unit;
        this.giveUpAt = giveUpAt;
        this.done = done;
        this.current = new Piece(0, length);
    }

    void take() {
        pieces.push(current);
        proceed();
    }

    Child child() {
        return request.child;
    }

    /** The first error it met, or null. */
    @Nullable
    BlockError error() {
        return error;
    }

    /** Whether it stopped answering, so that nothing it may have read counts. */
    boolean isAbsent() {
        return absent;
    }

    boolean canRead(int unitIndex) {
        return !absent && !unreadable.get(unitIndex);
    }

    /** The bytes of the range; those of units that could not be read mean nothing. Stays this object's. */
    ByteBuf content() {
        ByteBuf bytes = content;
        if (bytes == null) {
            throw new IllegalStateException(child() + " read nothing");
        }
        return bytes;
    }

    void release() {
        Quorum.release(content);
        content = null;
    }

    /** A loop, not recursion: children may answer inline. */
    private void proceed() {
        if (looping) {
            return;
        }
        looping = true;
        while (!reading && !pieces.isEmpty()) {
            current = pieces.pop();
            if ((quorum.voters.answering() & child().bit()) == 0) {
                absent = true;
                pieces.clear();
                break;
            }
            reading = true;
            request.read(offset + current.from, current.length);
        }
        looping = false;
        if (!reading) {
            done.run();
        }
    }

    @Override
    public void answered(ChildRequest answer) {
        reading = false;
        BlockError failure = answer.error();
        if (failure == null) {
            keep(answer.takeData());
        } else {
            error = error == null ? failure : error;
            fail(failure);
        }
        proceed();
    }

    private void fail(BlockError failure) {
        boolean gone = failure.code() == Errno.ETIMEDOUT || failure.code() == Errno.ENODEV;
        if (gone) {
            absent = true;
            pieces.clear();
        } else if (current.length <= unit || quorum.strand.nanoTime() - giveUpAt >= 0) {
            unreadable.set(current.from / unit, (current.from + current.length + unit - 1) / unit);
        } else {
            int half = (current.length / unit + 1) / 2 * unit;
            pieces.push(new Piece(current.from + half, current.length - half));
            pieces.push(new Piece(current.from, half));
        }
    }

    private void keep(@Nullable ByteBuf data) {
        if (data == null) {
            throw new IllegalStateException("a read without data or error");
        }
        if (current.length == length) {
            content = data;
            return;
        }
        ByteBuf whole = content;
        if (whole == null) {
            whole = quorum.allocator.directBuffer(length, length);
            content = whole;
        }
        whole.setBytes(current.from, data, data.readerIndex(), current.length);
        data.release();
    }

    @Override
    public void ended(ChildRequest late) {
        // What it read came too late and is already released.
    }
}
