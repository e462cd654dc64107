package io.quorumd.block.file;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.StatusCompletion;
import io.quorumd.block.Strand;
import io.quorumd.block.Update;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A regular file or block device of this host. What memory holds is served inline on the strand, what may have to wait
 * for a disk by {@link Workers}; see the package's description.
 *
 * <p>Held exclusively as long as it is open: by an open file description lock, a block device by the kernel's own claim as
 * well. One that gets shorter, or is deleted, fails with ENODEV from then on, as soon as that is noticed: at once by a read
 * beyond the new end and by a flush, within {@link InlineTransfer#CHECK_NANOS} by any other read and a write.
 */
public final class FileDevice implements BlockDevice {

    private final String name;
    private final OpenFile file;
    private final Strand strand;
    private final ByteBufAllocator allocator;
    final Workers workers;
    private final InlineTransfer inline;
    private final LargeTransfers largeTransfers;
    private final JobPool jobs = new JobPool(this);
    private final RangeQueue ranges = new RangeQueue();
    private final GroupCommit commits = new GroupCommit(this::startFlush);
    private final LostWrites lostWrites = new LostWrites();
    private final List<Completion> closers = new ArrayList<>();

    private boolean closing;
    private boolean closed;

    private FileDevice(String name, OpenFile file, FileThreads threads, ByteBufAllocator allocator) {
        this.name = name;
        this.file = file;
        this.strand = threads.strand;
        this.allocator = allocator;
        this.workers = new Workers(file, threads);
        this.inline = new InlineTransfer(file, strand.nanoTime());
        this.largeTransfers = threads.transfers;
    }

    /**
     * Opens and locks what {@code path} leads to.
     *
     * @param name the device's name, see {@link BlockDevice#name}
     * @param allocator gives direct buffers
     * @param threads of the strand that owns the device; best shared by all files of that strand
     * @param done called on the strand
     */
    public static void open(
            String name,
            Path path,
            FileOptions options,
            FileThreads threads,
            ByteBufAllocator allocator,
            OpenCompletion done) {
        threads.executor.execute(() -> {
            try {
                OpenFile file = FileOpening.open(path, options);
                threads.strand.execute(() -> done.completed(new FileDevice(name, file, threads, allocator), null));
            } catch (Refused e) {
                threads.strand.execute(() -> done.completed(null, e.error));
            }
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return file.facts.size();
    }

    @Override
    public int physicalBlockSize() {
        return file.facts.physicalBlockSize();
    }

    @Override
    public Strand strand() {
        return strand;
    }

    @Override
    public String toString() {
        return name + " (" + file.path + ")";
    }

    @Override
    public void read(long offset, int length, ReadCompletion done) {
        check(offset, length);
        if (closing) {
            done.completed(null, closingError());
            return;
        }
        Job job = jobs.take(Job.Kind.READ, offset, length);
        job.readDone = done;
        claim(job, false);
    }

    @Override
    public void write(long offset, ByteBuf source, boolean fua, Completion done) {
        int length = source.readableBytes();
        check(offset, length);
        BlockError refusal = refusal();
        if (refusal != null) {
            done.completed(refusal);
            return;
        }
        Job job = jobs.take(Job.Kind.WRITE, offset, length);
        job.done = done;
        job.fua = fua && !file.facts.inMemory();
        job.writeFrom(source, allocator);
        claim(job, false);
    }

    @Override
    public void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        check(offset, length);
        BlockError refusal = refusal();
        if (refusal != null || length == 0) {
            done.completed(refusal);
            return;
        }
        Job job = jobs.take(Job.Kind.ZEROES, offset, length);
        job.done = done;
        job.fua = fua && !file.facts.inMemory();
        job.deallocate = deallocate;
        claim(job, false);
    }

    @Override
    public void update(long offset, int length, boolean fua, Update change, Completion done) {
        check(offset, length);
        BlockError refusal = refusal();
        if (refusal != null) {
            done.completed(refusal);
            return;
        }
        Job job = jobs.take(Job.Kind.READ, offset, length);
        job.done = done;
        job.change = change;
        job.fua = fua && !file.facts.inMemory();
        claim(job, true);
    }

    @Override
    public void flush(Completion done) {
        check(0, 0);
        if (closing) {
            done.completed(closingError());
        } else if (file.facts.inMemory() || file.readOnly) {
            done.completed(inline.checkLength() ? null : file.shrunkError());
        } else {
            commits.flush(done);
        }
    }

    @Override
    public void blockStatus(long offset, long length, StatusCompletion done) {
        check(offset, length);
        if (closing) {
            done.completed(0, true, closingError());
            return;
        }
        Job job = jobs.take(Job.Kind.STATUS, offset, length);
        job.statusDone = done;
        workers.submit(job);
    }

    @Override
    public void close(Completion done) {
        check(0, 0);
        if (closed) {
            done.completed(null);
            return;
        }
        closers.add(done);
        if (!closing) {
            closing = true;
            closeWhenIdle();
        }
    }

    private void closeWhenIdle() {
        if (closing && !closed && jobs.isIdle()) {
            workers.submit(jobs.take(Job.Kind.CLOSE, 0, 0));
        }
    }

    private void check(long offset, long length) {
        if (!strand.isCurrent()) {
            throw new IllegalStateException(name + ": called off its strand");
        }
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new IllegalArgumentException(
                    name + ": " + length + " bytes at " + offset + " are not within its " + size());
        }
    }

    private @Nullable BlockError refusal() {
        if (closing) {
            return closingError();
        }
        return file.readOnly ? BlockError.of(Errno.EROFS, file.path + ": opened read-only") : null;
    }

    private BlockError closingError() {
        return BlockError.of(Errno.ECANCELED, file.path + ": closing");
    }

    /** Direct writes of parts of blocks write the whole blocks, so they need those alone. */
    private void claim(Job job, boolean alone) {
        long from = job.offset;
        long length = job.length;
        boolean exclusive = alone;
        if (file.direct) {
            long mask = file.facts.alignment() - 1;
            exclusive |= job.kind != Job.Kind.READ && ((from | length) & mask) != 0;
            long to = (from + length + mask) & ~mask;
            from &= ~mask;
            length = to - from;
        }
        if (ranges.acquire(job, from, length, exclusive)) {
            start(job);
        }
    }

    /** The job holds its range. */
    void start(Job job) {
        switch (job.kind) {
            case READ -> startTransfer(job);
            case WRITE -> startWrite(job);
            default -> {
                job.sequence = lostWrites.writeStarted();
                workers.submit(job);
            }
        }
    }

    private void startWrite(Job job) {
        job.sequence = lostWrites.writeStarted();
        startTransfer(job);
    }

    private void startTransfer(Job job) {
        if (inline.isLost(strand.nanoTime())) {
            job.result = OpenFile.SHRUNK;
            finish(job);
        } else if (LargeTransfers.isLarge(job) && inline.serves(job)) {
            largeTransfers.submit(job);
        } else {
            attempt(job, inline.frame);
            endTransfer(job);
        }
    }

    /** What does not wait for a disk of a transfer; on the strand or the thread that helps it. */
    void attempt(Job job, CallFrame frame) {
        if (job.hasMemory(allocator)) {
            inline.attempt(job, frame);
        }
    }

    private void endTransfer(Job job) {
        if (job.result == InlineTransfer.WAITS) {
            workers.submitTransfer(job);
        } else {
            finish(job);
        }
    }

    private void startFlush() {
        lostWrites.flushCalled();
        workers.submit(jobs.take(Job.Kind.FLUSH, 0, 0));
    }

    /** Back from the thread that performed it. */
    void ended(Job job) {
        switch (job.kind) {
            case FLUSH -> endFlush(job);
            case STATUS -> endStatus(job);
            case CLOSE -> endClose(job);
            case ZEROES -> {
                if (job.result == 0 && job.progress < job.length) {
                    workers.submit(job);
                } else {
                    finish(job);
                }
            }
            default -> endTransfer(job);
        }
    }

    private void finish(Job job) {
        BlockError error = job.error(file);
        if (job.kind != Job.Kind.READ) {
            if (error != null && job.fua) {
                lostWrites.syncFailed();
            }
            lostWrites.writeEnded(job.sequence);
        }
        ByteBuf buffer = job.buffer;
        Update change = job.change;
        if (buffer != null && change != null && error == null && job.kind == Job.Kind.READ) {
            job.change = null;
            error = change.apply(buffer);
            if (error == null) {
                job.kind = Job.Kind.WRITE;
                job.progress = 0;
                startWrite(job);
                return;
            }
        }
        ReadCompletion readDone = job.readDone;
        Completion done = job.done;
        ranges.release(job);
        jobs.giveBack(job);
        if (readDone != null && error == null) {
            readDone.completed(buffer, null);
        } else {
            if (buffer != null) {
                buffer.release();
            }
            if (readDone != null) {
                readDone.completed(null, error);
            } else if (done != null) {
                done.completed(error);
            }
        }
        closeWhenIdle();
    }

    private void endFlush(Job job) {
        BlockError error = job.error(file);
        if (lostWrites.flushEnded(error != null) && error == null) {
            error = BlockError.of(Errno.EIO, file.path + ": an earlier sync failed; writes before it may be lost");
        }
        jobs.giveBack(job);
        commits.ended(error);
        closeWhenIdle();
    }

    private void endStatus(Job job) {
        BlockError error = job.error(file);
        StatusCompletion done = job.statusDone;
        long length = error == null ? job.progress : 0;
        boolean hole = error == null && job.hole;
        jobs.giveBack(job);
        if (done != null) {
            done.completed(length, !hole, error);
        }
        closeWhenIdle();
    }

    private void endClose(Job job) {
        BlockError error = job.error(file);
        closed = true;
        jobs.giveBack(job);
        for (Completion done : closers) {
            done.completed(error);
        }
        closers.clear();
    }
}
