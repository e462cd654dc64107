package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.quorum.state.JournalEntry;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The second vote: with the range held exclusively, so that what it finds is a fact and not a race, it hears every child
 * anew, down to the unreadable blocks, votes unit by unit, reports, and repairs. Either it answers a read that the first
 * vote could not, or it runs behind one already answered.
 */
final class Inquest extends RangeQueue.Hold implements Verdict.Answers {

    private static final int SECTOR = 512;

    private final Quorum quorum;
    private final long wantedOffset;
    private final int wantedLength;
    private final @Nullable BlockError[] firstErrors;
    private final boolean underHold;
    private @Nullable ReadCompletion reply;

    private final long offset;
    private final int length;
    private int unit;
    private final @Nullable Testimony[] testimonies;
    /** When no more is asked of a slow child, so that whoever waits for the answer gets it in time. */
    private long giveUpAt;

    private boolean rewrites;
    private Runnable finished = () -> {};
    private int unheard;
    /** Children that spoke, whether or not they could read everything. */
    private int present;
    /** For each unit, children on which something left behind may still change it; empty when nobody was asked so. */
    private int[] busy = {};

    private Inquest(
            Quorum quorum,
            long wantedOffset,
            int wantedLength,
            @Nullable BlockError[] firstErrors,
            boolean underHold,
            @Nullable ReadCompletion reply) {
        this.quorum = quorum;
        this.wantedOffset = wantedOffset;
        this.wantedLength = wantedLength;
        this.firstErrors = firstErrors;
        this.underHold = underHold;
        this.reply = reply;
        // A vote unit is judged as a whole, even if less of it was asked for.
        this.offset = quorum.blockFloor(wantedOffset);
        this.length = (int) (quorum.blockCeiling(wantedOffset + wantedLength) - offset);
        this.unit = quorum.block;
        this.rewrites = quorum.options.rewriteCorrupted();
        this.testimonies = new Testimony[quorum.children.length];
    }

    /** Answers a read. With {@code held} the caller has the range exclusively, out to whole blocks. */
    static void answering(
            Quorum quorum,
            long offset,
            int length,
            @Nullable BlockError[] firstErrors,
            boolean held,
            ReadCompletion reply) {
        new Inquest(quorum, offset, length, firstErrors, held, reply).start();
    }

    /** Looks into a suspicion about a read that was answered. */
    static void behind(Quorum quorum, long offset, int length, @Nullable BlockError[] firstErrors) {
        quorum.inquestBehind(1);
        Inquest inquest = new Inquest(quorum, offset, length, firstErrors, false, null);
        inquest.finished = () -> quorum.inquestBehind(-1);
        inquest.start();
    }

    /**
     * Compares a range that nothing is known about; what is outvoted is rewritten whatever is configured.
     *
     * @param done when it has been
     */
    static void comparing(Quorum quorum, long offset, int length, Runnable done) {
        Inquest inquest =
                new Inquest(quorum, offset, length, new @Nullable BlockError[quorum.children.length], false, null);
        inquest.rewrites = true;
        inquest.finished = done;
        inquest.start();
    }

    private void start() {
        if (underHold || quorum.ranges.acquire(this, offset, length, true)) {
            hear();
        }
    }

    @Override
    protected void granted() {
        hear();
    }

    private void hear() {
        if (quorum.options.voteUnit() == VoteUnit.REQUEST
                && Integer.bitCount(quorum.votersEverywhere(offset, length)) >= quorum.threshold()) {
            // Where too few are in sync in all of it, there may still be enough block by block.
            unit = length;
        }
        int candidates = quorum.votersSomewhere(offset, length);
        if (!quorum.voters.haveAtLeast(quorum.threshold(), candidates, offset, length)) {
            // Stragglers in different regions of the range: each is needed where it does not straggle.
            int free = candidates;
            candidates = quorum.voters.somewhere(offset, length);
            noteBusy(candidates & ~free);
        }
        // Behind a read that was answered it has less time: what wants the range waits for it.
        giveUpAt = quorum.strand.nanoTime() + quorum.times.commandNanos() / (reply == null ? 4 : 2);
        unheard = 1;
        for (Child child : quorum.children) {
            BlockError first = firstErrors[child.index];
            boolean hung = first != null && first.code() == Errno.ETIMEDOUT;
            if ((candidates & child.bit()) != 0 && !hung) {
                Testimony testimony = new Testimony(quorum, child, offset, length, unit, giveUpAt, this::heard);
                testimonies[child.index] = testimony;
                unheard++;
            }
        }
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                testimony.take();
            }
        }
        heard();
    }

    private void noteBusy(int children) {
        busy = new int[(length + unit - 1) / unit];
        for (int left = children; left != 0; left &= left - 1) {
            Child child = quorum.children[Integer.numberOfTrailingZeros(left)];
            for (int index = 0; index < busy.length; index++) {
                busy[index] |= child.isBusy(offset + (long) index * unit, unit) ? child.bit() : 0;
            }
        }
    }

    private void heard() {
        if (--unheard == 0) {
            for (Testimony testimony : testimonies) {
                if (testimony != null && !testimony.isAbsent()) {
                    present |= testimony.child().bit();
                }
            }
            judge();
        }
    }

    private void judge() {
        Verdict verdict = Verdict.on((length + unit - 1) / unit, testimonies.length, quorum.threshold(), this);
        report(verdict);
        Repair repair = new Repair(quorum, quorum.sync::notRepaired);
        if (rewrites) {
            verdict.forEachLost((child, from, to) -> addTo(repair, verdict, child, from, to));
        }
        ByteBuf right = null;
        BlockError error = null;
        if (reply != null) {
            error = failure(verdict);
            right = error == null ? assemble(verdict) : null;
        }
        releaseTestimonies();
        if (quorum.options.readCompletion() == When.THRESHOLD && !underHold) {
            answer(right, error);
            repair.start(giveUpAt, this::finish);
        } else {
            ByteBuf data = right;
            BlockError failure = error;
            repair.start(giveUpAt, () -> {
                finish();
                answer(data, failure);
            });
        }
    }

    private void answer(@Nullable ByteBuf right, @Nullable BlockError error) {
        ReadCompletion completion = reply;
        reply = null;
        if (completion != null) {
            completion.completed(right, error);
        }
    }

    private void finish() {
        if (!underHold) {
            quorum.ranges.release(this);
        }
        finished.run();
    }

    // What the verdict is made of.

    @Override
    public int voters(int index) {
        int voters = 0;
        for (int left = entitled(index); left != 0; left &= left - 1) {
            Testimony testimony = testimony(Integer.numberOfTrailingZeros(left));
            voters |= testimony.canRead(index) ? testimony.child().bit() : 0;
        }
        return voters;
    }

    @Override
    public int unreadable(int index) {
        // With votes on requests an error is reported, not repaired, as in QEMU.
        return quorum.options.voteUnit() == VoteUnit.BLOCK ? entitled(index) & ~voters(index) : 0;
    }

    private int entitled(int index) {
        long from = offset + (long) index * unit;
        int free = busy.length == 0 ? present : present & ~busy[index];
        return free & quorum.voters.everywhere(from, Math.min(unit, offset + length - from));
    }

    @Override
    public boolean same(int index, int child, int otherChild) {
        int from = index * unit;
        ByteBuf a = testimony(child).content();
        ByteBuf b = testimony(otherChild).content();
        return Contents.equal(a, a.readerIndex() + from, b, b.readerIndex() + from, Math.min(unit, length - from));
    }

    private Testimony testimony(int child) {
        Testimony testimony = testimonies[child];
        if (testimony == null) {
            throw new IllegalStateException("not heard: " + quorum.children[child]);
        }
        return testimony;
    }

    // What follows from it.

    private void report(Verdict verdict) {
        verdict.forEachWrong((child, from, to) ->
                quorum.reporter.outvoted(quorum.children[child], offset + (long) from * unit, bytes(from, to)));
        verdict.forEachLost(this::keepInJournal);
        verdict.forEachUnreadable((child, from, to) -> quorum.reporter.failed(
                quorum.children[child], Operation.READ, errorOf(child), offset + (long) from * unit, bytes(from, to)));
        for (Child child : quorum.children) {
            Testimony testimony = testimonies[child.index];
            BlockError first = firstErrors[child.index];
            BlockError now = testimony == null ? null : testimony.error();
            boolean isNew = first == null || first.code() != Errno.ETIMEDOUT;
            if (now != null && (testimony == null || testimony.isAbsent() || unit == length)) {
                quorum.reporter.failed(child, Operation.READ, now, wantedOffset, wantedLength);
            } else if (now == null && first != null && isNew) {
                // It could read this time; the failure was one all the same.
                quorum.reporter.failed(child, Operation.READ, first, wantedOffset, wantedLength);
            }
        }
    }

    private void keepInJournal(int child, int from, int to) {
        Map<String, String> digests = new LinkedHashMap<>();
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                digests.put(testimony.child().nodeName(), digest(testimony, from, to));
            }
        }
        quorum.book.journal(new JournalEntry(
                quorum.clock.instant(),
                (offset + (long) from * unit) / SECTOR,
                bytes(from, to) / SECTOR,
                quorum.children[child].nodeName(),
                digests,
                rewrites ? "rewritten" : "reported"));
    }

    private String digest(Testimony testimony, int from, int to) {
        for (int index = from; index < to; index++) {
            if (!testimony.canRead(index)) {
                return String.valueOf(testimony.error());
            }
        }
        ByteBuf content = testimony.content();
        byte[] sha = Contents.digest(content, content.readerIndex() + from * unit, (int) bytes(from, to));
        return HexFormat.of().formatHex(sha);
    }

    private BlockError errorOf(int child) {
        BlockError error = testimony(child).error();
        return error != null ? error : BlockError.of(Errno.EIO, "unreadable");
    }

    private @Nullable BlockError failure(Verdict verdict) {
        int from = (int) ((wantedOffset - offset) / unit);
        int to = (int) ((wantedOffset + wantedLength - offset + unit - 1) / unit);
        int lost = verdict.firstWithoutWinner(from, to);
        if (lost < 0) {
            return null;
        }
        @Nullable BlockError[] errors = firstErrors.clone();
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                errors[testimony.child().index] = testimony.canRead(lost) ? null : testimony.error();
            }
        }
        boolean verified = quorum.options.blkverify() && Integer.bitCount(voters(lost)) == testimonies.length;
        if (verified) {
            mismatch(lost);
        }
        long at = offset + (long) lost * unit;
        BlockError error = quorum.failure(
                errors, quorum.threshold(), at, bytes(lost, lost + 1), "no version of the data has enough votes");
        quorum.reporter.noQuorum(wantedOffset, wantedLength);
        return error;
    }

    private void mismatch(int index) {
        ByteBuf a = testimony(0).content();
        ByteBuf b = testimony(1).content();
        int from = index * unit;
        long differing = offset
                + from
                + Contents.mismatch(
                        a, a.readerIndex() + from, b, b.readerIndex() + from, Math.min(unit, length - from));
        quorum.mismatch(wantedOffset, wantedLength, differing);
    }

    private ByteBuf assemble(Verdict verdict) {
        ByteBuf right = quorum.allocator.directBuffer(wantedLength, wantedLength);
        for (int index = 0; index < verdict.units(); index++) {
            long from = Math.max(wantedOffset, offset + (long) index * unit);
            long to = Math.min(wantedOffset + wantedLength, offset + (long) (index + 1) * unit);
            if (from < to) {
                ByteBuf content = testimony(verdict.winner(index)).content();
                right.writeBytes(content, content.readerIndex() + (int) (from - offset), (int) (to - from));
            }
        }
        return right;
    }

    private void addTo(Repair repair, Verdict verdict, int child, int from, int to) {
        ByteBuf content = testimony(verdict.winner(from)).content();
        repair.add(
                quorum.children[child],
                offset + (long) from * unit,
                content.retainedSlice(content.readerIndex() + from * unit, (int) bytes(from, to)));
    }

    private long bytes(int from, int to) {
        return Math.min((long) to * unit, length) - (long) from * unit;
    }

    private void releaseTestimonies() {
        for (Testimony testimony : testimonies) {
            if (testimony != null) {
                testimony.release();
            }
        }
    }
}
