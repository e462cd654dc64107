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
import io.quorumd.block.Strand;
import io.quorumd.block.Update;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
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

    private QuorumDevice(Quorum quorum) {
        this.quorum = quorum;
        this.flushes = new FlushOp(quorum);
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
     */
    public static void open(
            String name,
            QuorumOptions options,
            List<ChildSpec> children,
            Strand strand,
            ByteBufAllocator allocator,
            QuorumListener listener,
            Opened done) {
        if (children.size() != options.children()) {
            throw new IllegalArgumentException(
                    name + ": options for " + options.children() + " children, " + children.size() + " given");
        }
        new Opening(name, options, children, strand, allocator, listener, done).start();
    }

    static QuorumDevice of(
            String name,
            QuorumOptions options,
            List<ChildSpec> specs,
            @Nullable BlockDevice[] devices,
            @Nullable BlockError[] errors,
            long size,
            int block,
            Strand strand,
            ByteBufAllocator allocator,
            QuorumListener listener) {
        Reporter reporter = new Reporter(name, listener);
        Child[] children = new Child[specs.size()];
        Quorum quorum = new Quorum(
                name, options, children, strand, allocator, reporter, new Regions(size, options.regionSize()), block);
        for (int i = 0; i < children.length; i++) {
            children[i] = new Child(i, specs.get(i), strand, quorum.times, quorum);
        }
        for (Child child : children) {
            BlockDevice device = devices[child.index];
            if (device != null) {
                quorum.join(child, device);
            } else {
                quorum.fault(child, "did not open: " + errors[child.index]);
            }
        }
        return new QuorumDevice(quorum);
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

    /** How it is doing. Any thread. */
    public QuorumStatus status() {
        return quorum.status();
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
        } else if (quorum.options.readPattern() == ReadPattern.FIFO) {
            new FifoRead(quorum, offset, length, false, done).start();
        } else {
            quorum.readOp().start(offset, length, false, done);
        }
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        int length = source.readableBytes();
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(refusal);
        } else if (isWholeBlocks(offset, length)) {
            quorum.writeOp().write(offset, source, fua, false, done);
        } else {
            ByteBuf kept = source.retain();
            Update put = current -> {
                current.setBytes(current.readerIndex(), kept, kept.readerIndex(), length);
                return null;
            };
            new UpdateOp(quorum, offset, length, fua, false, put, error -> {
                        kept.release();
                        done.completed(error);
                    })
                    .start();
        }
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(refusal);
        } else {
            new ZeroesOp(quorum, offset, length, deallocate, fua, done).start();
        }
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        BlockError refusal = check(offset, length);
        if (refusal != null || length == 0) {
            done.completed(refusal);
        } else {
            new UpdateOp(quorum, offset, length, fua, false, change, done).start();
        }
    }

    @Override
    public void flush(Completion done) {
        BlockError refusal = check(0, 0);
        if (refusal != null) {
            done.completed(refusal);
        } else {
            flushes.flush(done);
        }
    }

    /** Waits for what is under way, flushes, and closes every child. */
    @Override
    public void close(Completion done) {
        if (closed) {
            throw new IllegalStateException(name() + ": closed twice");
        }
        closed = true;
        RangeQueue.Hold everything = new RangeQueue.Hold() {
            @Override
            protected void granted() {
                closeHeld(this, done);
            }
        };
        if (quorum.ranges.acquire(everything, 0, Math.max(1, size()), true)) {
            closeHeld(everything, done);
        }
    }

    private void closeHeld(RangeQueue.Hold everything, Completion done) {
        flushes.flush(flushed -> quorum.closeChildren(error -> {
            quorum.ranges.release(everything);
            done.completed(flushed != null ? flushed : error);
        }));
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
        return closed ? BlockError.of(Errno.ECANCELED, "closed") : quorum.refusal();
    }
}
