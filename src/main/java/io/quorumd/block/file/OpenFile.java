package io.quorumd.block.file;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An open descriptor and what is known of it. The calls block, each on its caller's thread and {@link CallFrame}; they
 * return 0, or a negated errno, or {@link #SHRUNK}, or {@link #FENCED}.
 */
final class OpenFile {

    /**
     * It ends before the length it had when it was opened, so that what was there is lost and zeroes would be a lie, or
     * it was deleted, so that all of it will be.
     */
    static final long SHRUNK = -1_000_000;

    /** The fence is up: nothing was done. */
    static final long FENCED = -1_000_001;

    private static final long MAX_DEALLOCATION = 1L << 30;
    private static final long MAX_ZEROES_WRITTEN = 8L << 20;
    private static final MemorySegment ZEROES = Arena.global().allocate(CallFrame.BOUNCE_BYTES, 4096);

    final String path;
    final int fd;
    final FileFacts facts;
    final boolean readOnly;
    /** Every transfer must be aligned to {@link FileFacts#alignment}. */
    final boolean direct;

    private final boolean keepsSpace;
    private final Fence fence;
    private final DirectTransfer aligned;
    private volatile boolean shrunk;
    private volatile boolean canPunch = true;
    private volatile boolean canZeroRange = true;
    private volatile boolean canWriteThrough = true;

    OpenFile(String path, int fd, FileFacts facts, FileOptions options) {
        this.path = path;
        this.fd = fd;
        this.facts = facts;
        this.readOnly = options.readOnly();
        this.direct = options.direct() && !facts.inMemory();
        this.keepsSpace = options.keepsSpace();
        this.fence = options.fence();
        this.aligned = new DirectTransfer(this);
    }

    boolean isShrunk() {
        return shrunk;
    }

    long read(CallFrame frame, long address, long length, long offset) {
        if (direct) {
            return aligned.read(frame, address, length, offset);
        }
        for (long at = 0; at < length; ) {
            long n = LibC.pread(frame, fd, address + at, length - at, offset + at);
            if (n <= 0) {
                return n == 0 ? shrunk() : n;
            }
            at += n;
        }
        return 0;
    }

    /** @param durable on stable storage when this returns */
    long write(CallFrame frame, long address, long length, long offset, boolean durable) {
        boolean through = durable && canWriteThrough;
        long result = direct
                ? aligned.write(frame, address, length, offset, through)
                : transfer(frame, address, length, offset, through);
        if (through && (result == -LibC.EOPNOTSUPP || result == -LibC.EINVAL)) {
            canWriteThrough = false;
            return write(frame, address, length, offset, true);
        }
        return durable && !through && result == 0 ? sync(frame) : result;
    }

    /** The plain loop; for direct files everything given is aligned. */
    long transfer(CallFrame frame, long address, long length, long offset, boolean through) {
        for (long at = 0; at < length; ) {
            if (fence.isUp()) {
                return FENCED;
            }
            long n = through
                    ? LibC.pwritev2(frame, fd, address + at, length - at, offset + at, LibC.RWF_DSYNC)
                    : LibC.pwrite(frame, fd, address + at, length - at, offset + at);
            if (n <= 0) {
                return n == 0 ? -LibC.EIO : n;
            }
            at += n;
        }
        return 0;
    }

    long sync(CallFrame frame) {
        if (fence.isUp()) {
            return FENCED;
        }
        return checkLength(frame) ? LibC.fdatasync(frame, fd) : SHRUNK;
    }

    /**
     * Zeroes the beginning of a range, as much as can be done without keeping others waiting for long.
     *
     * @param unused its space is given back, unless the file keeps it
     * @return the bytes done, at least one, or a negated errno
     */
    long zero(CallFrame frame, long offset, long length, boolean unused) {
        boolean deallocate = unused && !keepsSpace;
        long granule = facts.zeroGranule();
        long edge = Math.min(length, (granule - offset % granule) % granule);
        if (edge > 0) {
            return zeroByWriting(frame, offset, edge);
        }
        long whole = Math.min(MAX_DEALLOCATION, length / granule * granule);
        if (whole > 0 && (deallocate ? canPunch : canZeroRange)) {
            int mode = deallocate ? LibC.FALLOC_PUNCH_HOLE : LibC.FALLOC_ZERO_RANGE;
            if (fence.isUp()) {
                return FENCED;
            }
            int result = LibC.fallocate(frame, fd, mode | LibC.FALLOC_KEEP_SIZE, offset, whole);
            if (result == 0) {
                return whole;
            }
            if (result != -LibC.EOPNOTSUPP && result != -LibC.EINVAL) {
                return result;
            }
            if (deallocate) {
                canPunch = false;
            } else {
                canZeroRange = false;
            }
        }
        return zeroByWriting(frame, offset, Math.min(length, MAX_ZEROES_WRITTEN));
    }

    private long zeroByWriting(CallFrame frame, long offset, long length) {
        for (long at = 0; at < length; ) {
            long step = Math.min(ZEROES.byteSize(), length - at);
            long result = write(frame, ZEROES.address(), step, offset + at, false);
            if (result < 0) {
                return result;
            }
            at += step;
        }
        return length;
    }

    /** Whether it still has its length and its name; once it had not, it stays unusable until it is opened anew. */
    boolean checkLength(CallFrame frame) {
        if (!shrunk && !facts.stillHold(frame, fd)) {
            shrunk = true;
        }
        return !shrunk;
    }

    long shrunk() {
        shrunk = true;
        return SHRUNK;
    }

    BlockError shrunkError() {
        return BlockError.of(
                Errno.ENODEV,
                path + ": was deleted, or is shorter than the " + facts.size() + " bytes it had when it was opened");
    }

    long close(CallFrame frame) {
        return LibC.close(frame, fd);
    }
}
