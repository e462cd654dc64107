package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.StatusCompletion;
import io.quorumd.block.Strand;
import io.quorumd.block.Update;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device made of children: every write goes to all of them, every read is voted on, corrupted copies are repaired.
 *
 * <p>Adds to {@link BlockDevice} that overlapping requests are ordered as they arrive. Threads and buffers are as there;
 * {@link #status} may be called by any thread. A buffer handed up by a read may still be compared with what other
 * children answer later, so its receiver reads it and changes nothing.
 */
public final class QuorumDevice implements BlockDevice {

    private final Quorum quorum;
    private final FlushOp flushes;
    private boolean closed;

    QuorumDevice(Quorum quorum) {
        this.quorum = quorum;
        this.flushes = new FlushOp(quorum);
        for (Child child : quorum.children) {
            quorum.roster.suspension(child);
        }
        new Upkeep(quorum, flushes).start();
    }

    /** The end of an {@link #open}. Exactly one of the two is null. */
    @FunctionalInterface
    public interface Opened {
        void completed(@Nullable QuorumDevice device, @Nullable BlockError error);
    }

    /**
     * Opens the children in order and makes a device of them. Called on {@code strand}, on which {@code done} runs exactly
     * once. When it is refused (too few children open, unlike lengths) what was opened is closed again and the error says
     * in one line which child it was and why.
     *
     * @param book what is remembered about the children; given to this device alone, and the caller's to close after it
     */
    public static void open(
            String name,
            QuorumOptions options,
            List<ChildSpec> children,
            Bookkeeping book,
            Strand strand,
            ByteBufAllocator allocator,
            QuorumListener listener,
            Opened done) {
        if (children.size() != options.children()) {
            throw new IllegalArgumentException(
                    name + ": options for " + options.children() + " children, " + children.size() + " given");
        }
        new Opening(name, options, children, book, strand, allocator, listener, done).start();
    }

    @Override
    public String name() {
        return quorum.name;
    }

    @Override
    public long size() {
        return quorum.regions.size();
    }

    @Override
    public int physicalBlockSize() {
        return quorum.block;
    }

    @Override
    public Strand strand() {
        return quorum.strand;
    }

    /** What it goes by; the rate of a resync may be another by now, {@link #resyncRate()}. Any thread. */
    public QuorumOptions options() {
        return quorum.options;
    }

    /**
     * Votes in another way from now on, once what is under way has ended; requests that come meanwhile wait for that, no
     * longer than for a command. Not remembered: the next opening goes by its own options. Called on the strand, where
     * {@code done} runs: with an error when it cannot be now, and then nothing has changed.
     *
     * @param changed {@link #options} but for {@link QuorumOptions#voting}
     */
    public void vote(QuorumOptions changed, Completion done) {
        BlockError refusal = check(0, 0);
        if (refusal != null) {
            done.completed(refusal);
        } else {
            withEverythingHeld(() -> done.completed(voteNow(changed)));
        }
    }

    /** Section 6.4: refused where fewer in-sync children than the threshold would be left. */
    private @Nullable BlockError voteNow(QuorumOptions changed) {
        int threshold = changed.voteThreshold();
        int margin = quorum.voters.margin(threshold);
        if (closed) {
            return BlockError.of(Errno.ECANCELED, "closed");
        }
        if (margin < 0) {
            String inSync = "in some region " + (threshold + margin) + " children answer and are in sync";
            return BlockError.of(Errno.EINVAL, inSync + ", fewer than a threshold of " + threshold);
        }
        quorum.vote(changed);
        return null;
    }

    /** How it is doing. Any thread. */
    public QuorumStatus status() {
        return quorum.status();
    }

    /** Bytes per second that a resync may write, 0: no limit. Any thread. */
    public long resyncRate() {
        return quorum.resync.rate();
    }

    /** Bytes per second that a resync, or a comparison, may write from now on, 0: no limit. Called on the strand. */
    public void resyncRate(long bytesPerSecond) {
        quorum.resync.setRate(bytesPerSecond);
    }

    /**
     * No resync until {@link #resumeResync}; what it has copied is flushed and counts. Requests, repairs and what an
     * unclean stop left unsettled go on. Not remembered: the next opening begins unpaused. Called on the strand.
     */
    public void pauseResync() {
        quorum.resync.pause();
    }

    /** The resync goes on, or begins. Called on the strand. */
    public void resumeResync() {
        quorum.resync.resume();
    }

    /**
     * An operator says that, wherever too few copies are in sync for a vote, this child is right: the others are
     * rewritten from it there. Called on the strand.
     *
     * @throws IllegalArgumentException when there is no child of that name, or it does not answer
     */
    public void accept(String nodeName) {
        for (Child child : quorum.children) {
            if (child.nodeName().equals(nodeName)) {
                if ((quorum.voters.answering() & child.bit()) == 0) {
                    throw new IllegalArgumentException("child " + nodeName + " does not answer");
                }
                quorum.resync.accept(child.index);
                return;
            }
        }
        throw new IllegalArgumentException("no child " + nodeName);
    }

    /** After blkverify took the device offline: an operator has looked into it. */
    public void online() {
        quorum.online();
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        BlockError refusal = check(offset, length);
        if (refusal != null) {
            done.completed(null, refusal);
        } else if (length == 0) {
            done.completed(Unpooled.EMPTY_BUFFER, null);
        } else {
            Command command = quorum.command().begin(done);
            if (quorum.isFifo()) {
                new FifoRead(quorum, offset, length, false, command).start();
            } else {
                quorum.readOp().start(offset, length, false, command);
            }
            command.watch();
        }
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        int length = source.readableBytes();
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(refusal);
        } else if (isWholeBlocks(offset, length)) {
            Command command = quorum.command().begin(done);
            quorum.writeOp().write(offset, source, fua, false, command);
            command.watch();
        } else {
            ByteBuf kept = source.retain();
            Update put = current -> {
                current.setBytes(current.readerIndex(), kept, kept.readerIndex(), length);
                return null;
            };
            Command command = quorum.command().begin(done);
            new UpdateOp(quorum, offset, length, fua, false, put, error -> {
                        kept.release();
                        command.completed(error);
                    })
                    .start();
            command.watch();
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(refusal);
        } else {
            Command command = quorum.command().begin(done);
            new ZeroesOp(quorum, offset, length, deallocate, fua, command).start();
            command.watch();
        }
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(refusal);
        } else {
            Command command = quorum.command().begin(done);
            Update unlessExpired = current -> command.isExpired()
                    ? BlockError.of(Errno.ECANCELED, "its time was up before it began")
                    : change.apply(current);
            new UpdateOp(quorum, offset, length, fua, false, unlessExpired, command).start();
            command.watch();
        }
    }

    @Override
    public void flush(Completion done) {
        BlockError refusal = check(0, 0);
        if (refusal != null) {
            done.completed(refusal);
        } else {
            Command command = quorum.command().begin(done);
            flushes.flush(command);
            command.watch();
        }
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(0, true, refusal);
        } else {
            new BlockStatusOp(quorum, offset, length, done).start();
        }
    }

    /** Waits for what is under way, flushes, and closes every child. */
    @Override
    public void close(Completion done) {
        if (closed) {
            throw new IllegalStateException(name() + ": closed twice");
        }
        closed = true;
        quorum.close();
        // What is under way ends first; then a flush, which may have something to settle and needs ranges for that.
        withEverythingHeld(() -> flushes.flush(flushed -> withEverythingHeld(() -> closeChildren(flushed, done))));
    }

    /** Runs {@code task} once nothing else holds any range; nothing waits for it longer than the call. */
    private void withEverythingHeld(Runnable task) {
        RangeQueue.Hold everything = new RangeQueue.Hold() {
            @Override
            protected void granted() {
                quorum.ranges.release(this);
                task.run();
            }
        };
        if (quorum.ranges.acquire(everything, 0, Math.max(1, size()), true)) {
            quorum.ranges.release(everything);
            task.run();
        }
    }

    private void closeChildren(@Nullable BlockError flushed, Completion done) {
        quorum.roster.closeChildren(error -> {
            if (flushed == null) {
                quorum.book.removeIntent(0, quorum.regions.count());
            }
            done.completed(flushed != null ? flushed : error);
        });
    }

    private boolean isWholeBlocks(long offset, long length) {
        return quorum.blockFloor(offset) == offset && quorum.blockCeiling(offset + length) == offset + length;
    }

    private @Nullable BlockError check(long offset, long length) {
        if (!quorum.strand.isCurrent()) {
            throw new IllegalStateException(name() + ": called off its strand");
        }
        if (offset < 0 || length < 0 || length > size() - offset) {
            throw new IllegalArgumentException(
                    name() + ": " + length + " bytes at " + offset + " reach beyond its end");
        }
        quorum.countForeground();
        return closed ? BlockError.of(Errno.ECANCELED, "closed") : quorum.refusal();
    }
}
