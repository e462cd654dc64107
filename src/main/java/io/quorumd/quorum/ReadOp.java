package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumOptions.When;
import org.jspecify.annotations.Nullable;

/**
 * One voted read. Shares its range with other reads, so that no write changes a child between its answers; all children
 * are asked at once, and when all answers are equal (nearly always) the first one is handed up and the op is done,
 * without an allocation. Everything else is an {@link Inquest}'s business.
 *
 * <p>An op that answered before all children did ({@code read-completion: threshold}) has given its range back; what
 * comes late is compared all the same, and a difference is a suspicion that the inquest confirms or not.
 */
final class ReadOp extends RangeQueue.Hold implements ChildRequest.Owner, Ballot.Sameness {

    private final Quorum quorum;
    private final ChildRequest[] requests;
    private final Ballot ballot = new Ballot();

    private long offset;
    private int length;
    private boolean underHold;
    private @Nullable ReadCompletion done;

    private int asked;
    /** Children whose answer is not in. */
    private int pending;
    /** Children whose answer is in and good, and those that could not read. */
    private int good;

    private int failed;
    private boolean asking;
    /** What was handed up while answers were pending, to compare them with. */
    private @Nullable ByteBuf answer;

    private int answerIndex;
    private boolean suspicious;

    ReadOp(Quorum quorum) {
        this.quorum = quorum;
        this.requests = new ChildRequest[quorum.children.length];
        for (Child child : quorum.children) {
            requests[child.index] = new ChildRequest(child, this);
        }
    }

    /** @param held the caller has the range exclusively: nothing goes on behind the completion */
    void start(long at, int bytes, boolean held, ReadCompletion completion) {
        offset = at;
        length = bytes;
        underHold = held;
        done = completion;
        if (held || quorum.ranges.acquire(this, at, bytes, false)) {
            ask();
        }
    }

    @Override
    protected void granted() {
        ask();
    }

    private void ask() {
        if (!underHold && quorum.sync.isUnsettled(offset, length)) {
            settleFirst();
            return;
        }
        int voters = quorum.readers(offset, length);
        asked = voters;
        pending = voters;
        good = 0;
        failed = 0;
        suspicious = false;
        if (Integer.bitCount(voters) < quorum.threshold()) {
            // Too few have a vote in all of it; block by block there may be enough.
            asked = 0;
            pending = 0;
            inquire(false);
            return;
        }
        asking = true;
        for (int left = voters; left != 0; left &= left - 1) {
            requests[Integer.numberOfTrailingZeros(left)].read(offset, length);
        }
        asking = false;
        weigh();
    }

    private void settleFirst() {
        quorum.ranges.release(this);
        quorum.settle(offset, length, error -> {
            if (error == null) {
                if (quorum.ranges.acquire(this, offset, length, false)) {
                    ask();
                }
                return;
            }
            quorum.reporter.noQuorum(offset, length);
            ReadCompletion completion = takeDone();
            retire();
            completion.completed(null, error);
        });
    }

    @Override
    public void answered(ChildRequest request) {
        int bit = request.child.bit();
        pending &= ~bit;
        if (request.error() == null) {
            good |= bit;
        } else {
            failed |= bit;
            reportUnlessInquired(request, request.error());
        }
        if (!asking) {
            weigh();
        }
    }

    /** The inquest finds out which blocks a child cannot read; a timeout is not asked about again. */
    private void reportUnlessInquired(ChildRequest request, BlockError error) {
        if (isInquired(error)) {
            suspicious = true;
        } else {
            quorum.reporter.failed(request.child, Operation.READ, error, offset, length);
        }
    }

    private boolean isInquired(BlockError error) {
        return error.code() != Errno.ETIMEDOUT
                && error.code() != Errno.ENODEV
                && quorum.options.voteUnit() == VoteUnit.BLOCK;
    }

    private void weigh() {
        if (done == null) {
            weighLate();
        } else if (pending == 0) {
            conclude();
        } else if (quorum.options.readCompletion() == When.THRESHOLD
                && !underHold
                && Integer.bitCount(good) >= quorum.threshold()) {
            int winner = ballot.decide(good, quorum.threshold(), this);
            if (winner >= 0 && ballot.isFinal(Integer.bitCount(pending), quorum.threshold())) {
                suspicious |= ballot.agreeing() != good;
                answerBeforeTheRest(winner);
            }
        }
    }

    private void conclude() {
        if (failed == 0 && allEqual()) {
            deliver(Integer.numberOfTrailingZeros(good));
            return;
        }
        int winner = ballot.decide(good, quorum.threshold(), this);
        suspicious |= winner < 0 || ballot.agreeing() != good;
        if (!suspicious) {
            deliver(winner);
        } else if (winner >= 0
                && !underHold
                && quorum.options.readCompletion() == When.THRESHOLD
                && quorum.mayInquireBehind()) {
            long at = offset;
            int bytes = length;
            @Nullable BlockError[] errors = errors();
            deliver(winner);
            Inquest.behind(quorum, at, bytes, errors);
        } else {
            inquire(true);
        }
    }

    private boolean allEqual() {
        int first = Integer.numberOfTrailingZeros(good);
        for (int left = good & (good - 1); left != 0; left &= left - 1) {
            if (!same(first, Integer.numberOfTrailingZeros(left))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean same(int child, int otherChild) {
        ByteBuf a = requests[child].data();
        ByteBuf b = requests[otherChild].data();
        return a != null && b != null && Contents.equal(a, a.readerIndex(), b, b.readerIndex(), length);
    }

    private void deliver(int winner) {
        ReadCompletion completion = takeDone();
        ByteBuf data = requests[winner].takeData();
        finish();
        completion.completed(data, null);
    }

    private void answerBeforeTheRest(int winner) {
        ReadCompletion completion = takeDone();
        ByteBuf data = requests[winner].data();
        if (data == null) {
            throw new IllegalStateException("a winner without an answer");
        }
        answer = data;
        answerIndex = data.readerIndex();
        data.retain();
        for (int left = pending; left != 0; left &= left - 1) {
            requests[Integer.numberOfTrailingZeros(left)].late();
        }
        // The last of the rest may come while these run: what it finds is weighed there.
        quorum.ranges.release(this);
        completion.completed(data, null);
    }

    private void weighLate() {
        if (pending != 0) {
            return;
        }
        ByteBuf answered = answer;
        if (answered == null) {
            return;
        }
        for (int left = good; left != 0; left &= left - 1) {
            ByteBuf data = requests[Integer.numberOfTrailingZeros(left)].data();
            suspicious |= data != null
                    && data != answered
                    && !Contents.equal(answered, answerIndex, data, data.readerIndex(), length);
        }
        boolean inquire = suspicious && quorum.mayInquireBehind();
        if (!inquire) {
            reportLateErrors();
        }
        long at = offset;
        int bytes = length;
        @Nullable BlockError[] errors = inquire ? errors() : new BlockError[0];
        answer = null;
        retire();
        if (inquire) {
            Inquest.behind(quorum, at, bytes, errors);
        }
    }

    private void reportLateErrors() {
        for (int left = failed; left != 0; left &= left - 1) {
            ChildRequest request = requests[Integer.numberOfTrailingZeros(left)];
            BlockError error = request.error();
            if (error != null && isInquired(error)) {
                quorum.reporter.failed(request.child, Operation.READ, error, offset, length);
            }
        }
    }

    /** A second vote with the range held exclusively answers instead. */
    private void inquire(boolean hasAsked) {
        ReadCompletion completion = takeDone();
        long at = offset;
        int bytes = length;
        boolean held = underHold;
        @Nullable BlockError[] errors = hasAsked ? errors() : new BlockError[requests.length];
        finish();
        Inquest.answering(quorum, at, bytes, errors, held, completion);
    }

    private @Nullable BlockError[] errors() {
        @Nullable BlockError[] errors = new BlockError[requests.length];
        for (int left = failed; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            errors[child] = requests[child].error();
        }
        return errors;
    }

    private ReadCompletion takeDone() {
        ReadCompletion completion = done;
        if (completion == null) {
            throw new IllegalStateException("answered twice");
        }
        done = null;
        return completion;
    }

    /** Retired first: whoever gets the range may make a child end what this left behind there. */
    private void finish() {
        boolean held = underHold;
        retire();
        if (!held) {
            quorum.ranges.release(this);
        }
    }

    /** Used again as soon as no child has anything of it any more. */
    private void retire() {
        boolean underWay = false;
        for (int left = asked; left != 0; left &= left - 1) {
            ChildRequest request = requests[Integer.numberOfTrailingZeros(left)];
            if (request.isUnderWay()) {
                underWay = true;
            } else {
                request.clear();
            }
        }
        if (!underWay) {
            asked = 0;
            quorum.recycle(this);
        }
    }

    @Override
    public void ended(ChildRequest request) {
        // Timed out and late: its op may wait for it, or be busy with the others still.
        if (done == null && pending == 0 && answer == null && asked != 0) {
            retire();
        }
    }
}
