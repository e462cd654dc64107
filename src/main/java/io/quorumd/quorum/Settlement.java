package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes an unsettled region one thing again, held exclusively: of at least T answering children the vote decides block by
 * block, and where it cannot, the answer that most of them gave, and of several such the lowest child's. Children that
 * differ are rewritten, all flush, and whoever did not do it all is stale there, durably, before it counts as settled: from
 * then on no answer from it can change until somebody writes.
 *
 * <p>After an interruption the last T copies are all rewritten, what does not differ too: a flush of one of them may have
 * failed in that very moment, and its next flush would not write what was dropped. More than T have a copy to spare.
 *
 * <p>With fewer than T answering no choice is made. A block that fewer than T can read is left as it is: nobody gets an
 * answer from it.
 */
final class Settlement extends RangeQueue.Hold implements Verdict.Answers, ChildRequest.Owner {

    private static final int CHUNK = 256 * 1024;

    private final Quorum quorum;
    private final int region;
    private final Completion done;
    private final long end;
    private long at;
    private int length;
    /** Every copy is rewritten, whatever it holds. */
    private boolean anew;

    /** Children in sync that have done all so far. */
    private int good;

    private int unheard;
    /** Flushes not answered, and one while they are being sent. */
    private int flushing;
    /** Some block has no content that may be called the right one; the region stays unsettled. */
    private boolean undecided;

    private @Nullable Testimony[] testimonies = {};
    /** Of each child, as it began: one that fails later drops what was repaired, and the flush at the end would not say so. */
    private final int[] flushFailures;

    Settlement(Quorum quorum, int region, Completion done) {
        this.quorum = quorum;
        this.region = region;
        this.done = done;
        this.at = quorum.regions.offset(region);
        this.end = at + quorum.regions.length(region, region + 1);
        this.flushFailures = new int[quorum.children.length];
    }

    void start() {
        if (quorum.ranges.acquire(this, at, end - at, true)) {
            granted();
        }
    }

    @Override
    protected void granted() {
        if (!quorum.book.unsettled().contains(region)) {
            finish(null);
            return;
        }
        good = quorum.writable(at, end - at) & ~quorum.voters.staleIn(region);
        for (Child child : quorum.children) {
            flushFailures[child.index] = child.flushFailures();
        }
        chunk();
    }

    private void chunk() {
        beginAnewForTheLast();
        if (Integer.bitCount(good) < quorum.threshold()) {
            finish(failure("fewer than " + quorum.threshold() + " children answer where copies may differ"));
            return;
        }
        if (at == end) {
            flush();
            return;
        }
        length = (int) Math.min(CHUNK, end - at);
        testimonies = new Testimony[quorum.children.length];
        long giveUpAt = quorum.strand.nanoTime() + quorum.times.commandNanos() / 2;
        unheard = 1 + Integer.bitCount(good);
        for (int left = good; left != 0; left &= left - 1) {
            Child child = quorum.children[Integer.numberOfTrailingZeros(left)];
            testimonies[child.index] = new Testimony(quorum, child, at, length, quorum.block, giveUpAt, this::heard);
        }
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                testimony.take();
            }
        }
        heard();
    }

    /** @return whether no copy is left to spare, as of now, so that all that has been done is to be done again */
    private boolean beginAnewForTheLast() {
        boolean last = Integer.bitCount(good) == quorum.threshold() && quorum.sync.unflushed.isInherited(region);
        if (anew || !last) {
            return false;
        }
        anew = true;
        at = quorum.regions.offset(region);
        return true;
    }

    private void heard() {
        if (--unheard > 0) {
            return;
        }
        for (Testimony testimony : testimonies) {
            if (testimony != null && testimony.isAbsent()) {
                good &= ~testimony.child().bit();
            }
        }
        Repair repair = new Repair(quorum, this::notRepaired);
        if (Integer.bitCount(good) >= quorum.threshold()) {
            Verdict verdict = Verdict.settling(
                    (length + quorum.block - 1) / quorum.block,
                    testimonies.length,
                    quorum.threshold(),
                    anew ? good : quorum.sync.unflushed.doubtersOf(region),
                    quorum.sync.losersOf(region),
                    this);
            undecided |= verdict.firstWithoutWinner(0, verdict.units()) >= 0;
            verdict.forEachLost((child, from, to) -> addTo(repair, verdict.winner(from), child, from, to));
        }
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                testimony.release();
            }
        }
        repair.start(() -> {
            at += length;
            chunk();
        });
    }

    private void addTo(Repair repair, int winner, int child, int from, int to) {
        ByteBuf content = testimony(winner).content();
        int bytes = Math.min(to * quorum.block, length) - from * quorum.block;
        repair.add(
                quorum.children[child],
                at + (long) from * quorum.block,
                content.retainedSlice(content.readerIndex() + from * quorum.block, bytes));
    }

    private void notRepaired(Child child, long offset, long bytes) {
        good &= ~child.bit();
    }

    private void flush() {
        flushing = 1;
        for (int left = good; left != 0; left &= left - 1) {
            Child child = quorum.children[Integer.numberOfTrailingZeros(left)];
            if ((quorum.voters.answering() & child.bit()) != 0) {
                flushing++;
                new ChildRequest(child, this).flush(true);
            } else {
                good &= ~child.bit();
            }
        }
        flushed();
    }

    @Override
    public void answered(ChildRequest request) {
        BlockError error = request.error();
        if (error != null) {
            long from = quorum.regions.offset(region);
            quorum.reporter.failed(request.child, Operation.FLUSH, error, from, end - from);
            quorum.sync.flushFailed(request.child);
        }
        if (error != null
                || !request.isCurrent()
                || flushFailures[request.child.index] != request.child.flushFailures()) {
            good &= ~request.child.bit();
        }
        flushed();
    }

    private void flushed() {
        if (--flushing > 0) {
            return;
        }
        if (Integer.bitCount(good) < quorum.threshold()) {
            finish(failure("fewer than " + quorum.threshold() + " children could be settled"));
            return;
        }
        if (beginAnewForTheLast()) {
            chunk();
            return;
        }
        if (undecided) {
            finish(BlockError.of(Errno.EIO, "fewer than " + quorum.threshold() + " children can read some block"));
            return;
        }
        // Also those that are stale already: it may not have been possible to record that.
        int others = quorum.everybody() & ~good;
        quorum.sync.markStale(others, region, region + 1, error -> {
            if (error == null) {
                quorum.book.settled(region, region + 1);
                quorum.sync.believe(region);
            }
            finish(error);
        });
    }

    private BlockError failure(String why) {
        long from = quorum.regions.offset(region);
        return quorum.failure(new @Nullable BlockError[0], quorum.threshold(), from, end - from, why);
    }

    private void finish(@Nullable BlockError error) {
        quorum.ranges.release(this);
        done.completed(error);
    }

    @Override
    public void ended(ChildRequest request) {
        // Too late to be believed; but what has been written since may be dropped with it.
        if (request.lateError() != null) {
            quorum.sync.flushFailed(request.child);
        }
    }

    @Override
    public int voters(int unit) {
        int voters = 0;
        for (int left = good; left != 0; left &= left - 1) {
            Testimony testimony = testimony(Integer.numberOfTrailingZeros(left));
            voters |= testimony.canRead(unit) ? testimony.child().bit() : 0;
        }
        return voters;
    }

    @Override
    public int unreadable(int unit) {
        return good & ~voters(unit);
    }

    @Override
    public boolean same(int unit, int child, int otherChild) {
        int from = unit * quorum.block;
        ByteBuf a = testimony(child).content();
        ByteBuf b = testimony(otherChild).content();
        return Contents.equal(
                a, a.readerIndex() + from, b, b.readerIndex() + from, Math.min(quorum.block, length - from));
    }

    private Testimony testimony(int child) {
        Testimony testimony = testimonies[child];
        if (testimony == null) {
            throw new IllegalStateException("not heard: " + quorum.children[child]);
        }
        return testimony;
    }
}
