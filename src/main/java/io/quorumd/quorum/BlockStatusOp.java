package io.quorumd.quorum;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.StatusCompletion;
import io.quorumd.block.Strand.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the beginning of a range is a hole. It is one only where every child that has a vote says so, and at least T of
 * them do: then a vote on it can only find zeroes. Whatever else comes out, a child that does not answer included, counts
 * as data, which is never wrong. Shares its range as a read does, so that no write is under way between the answers.
 */
final class BlockStatusOp extends RangeQueue.Hold {

    /** Bytes asked about at once: writes to them wait for the answers. */
    private static final long MOST = 64 << 20;

    private final Quorum quorum;
    private final long offset;
    private final StatusCompletion done;
    private long length;
    private int asked;
    private int pending;
    /** How far everybody's hole reaches. */
    private long hole;
    /** How far somebody's data reaches. */
    private long data;

    private boolean asking;
    private boolean concluded;
    private @Nullable Timer timer;

    BlockStatusOp(Quorum quorum, long offset, long length, StatusCompletion done) {
        this.quorum = quorum;
        this.offset = offset;
        this.length = Math.min(length, MOST);
        this.done = done;
    }

    void start() {
        if (quorum.ranges.acquire(this, offset, length, false)) {
            granted();
        }
    }

    @Override
    protected void granted() {
        int first = quorum.regions.at(offset);
        length = Math.min(length, quorum.regions.offset(alike(first)) - offset);
        asked = quorum.votersEverywhere(offset, length);
        if (quorum.book.unsettled().contains(first) || Integer.bitCount(asked) < quorum.threshold()) {
            asked = 0;
        }
        hole = asked == 0 ? 0 : length;
        pending = asked;
        timer = quorum.strand.schedule(this::conclude, quorum.times.childNanos());
        asking = true;
        for (int left = asked; left != 0; left &= left - 1) {
            ask(quorum.children[Integer.numberOfTrailingZeros(left)]);
        }
        asking = false;
        concludeIfAnswered();
    }

    /** The end of the regions after {@code first} that have the same voters and are settled or not as it is. */
    private int alike(int first) {
        int voters = quorum.voters.in(first);
        boolean unsettled = quorum.book.unsettled().contains(first);
        int end = quorum.regions.end(offset, length);
        int next = first + 1;
        while (next < end
                && quorum.voters.in(next) == voters
                && quorum.book.unsettled().contains(next) == unsettled) {
            next++;
        }
        return next;
    }

    private void ask(Child child) {
        BlockDevice device = child.device();
        if (device == null) {
            answered(child, length, true);
        } else {
            device.blockStatus(
                    offset,
                    length,
                    (reach, allocated, error) -> answered(child, error == null ? reach : length, allocated));
        }
    }

    private void answered(Child child, long reach, boolean allocated) {
        pending &= ~child.bit();
        if (allocated) {
            data = Math.max(data, reach);
        } else {
            hole = Math.min(hole, reach);
        }
        if (!asking) {
            concludeIfAnswered();
        }
    }

    private void concludeIfAnswered() {
        if (pending == 0) {
            conclude();
        }
    }

    private void conclude() {
        if (concluded) {
            return;
        }
        concluded = true;
        if (timer != null) {
            timer.cancel();
        }
        // Whoever has lost its vote meanwhile had nothing to say.
        int voters = asked & quorum.votersEverywhere(offset, length);
        boolean isHole = pending == 0 && data == 0 && hole > 0 && Integer.bitCount(voters) >= quorum.threshold();
        quorum.ranges.release(this);
        done.completed(isHole ? hole : data > 0 && pending == 0 ? data : length, !isHole, null);
    }
}
