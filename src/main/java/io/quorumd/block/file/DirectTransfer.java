package io.quorumd.block.file;

import java.lang.foreign.MemorySegment;

/**
 * Transfers past the page cache (O_DIRECT), where address, offset and length must be aligned: what is not goes through
 * an aligned buffer, and a write that covers blocks in part reads them first. The caller holds the blocks' range alone
 * for that.
 */
final class DirectTransfer {

    private final OpenFile file;

    DirectTransfer(OpenFile file) {
        this.file = file;
    }

    long read(CallFrame frame, long address, long length, long offset) {
        if (isAligned(address | length | offset)) {
            return readBlocks(frame, address, length, offset);
        }
        MemorySegment bounce = frame.bounce();
        for (long at = 0; at < length; ) {
            long start = down(offset + at);
            long count = Math.min(bounce.byteSize(), up(offset + length) - start);
            long result = readBlocks(frame, bounce.address(), count, start);
            if (result < 0) {
                return result;
            }
            long skip = offset + at - start;
            long step = Math.min(count - skip, length - at);
            MemorySegment.copy(
                    bounce, skip, MemorySegment.ofAddress(address + at).reinterpret(step), 0, step);
            at += step;
        }
        return 0;
    }

    long write(CallFrame frame, long address, long length, long offset, boolean through) {
        if (isAligned(address | length | offset)) {
            return file.transfer(frame, address, length, offset, through);
        }
        MemorySegment bounce = frame.bounce();
        for (long at = 0; at < length; ) {
            long start = down(offset + at);
            long count = Math.min(bounce.byteSize(), up(offset + length) - start);
            long skip = offset + at - start;
            long step = Math.min(count - skip, length - at);
            if (step < count) {
                long result = readBlocks(frame, bounce.address(), count, start);
                if (result < 0) {
                    return result;
                }
            }
            MemorySegment.copy(MemorySegment.ofAddress(address + at).reinterpret(step), 0, bounce, skip, step);
            long result = file.transfer(frame, bounce.address(), count, start, through);
            if (result < 0) {
                return result;
            }
            at += step;
        }
        return 0;
    }

    private long readBlocks(CallFrame frame, long address, long length, long offset) {
        for (long at = 0; at < length; ) {
            long n = LibC.pread(frame, file.fd, address + at, length - at, offset + at);
            if (n <= 0) {
                return n == 0 ? file.shrunk() : n;
            }
            at += n;
        }
        return 0;
    }

    private boolean isAligned(long bits) {
        return (bits & (file.facts.alignment() - 1)) == 0;
    }

    private long down(long offset) {
        return offset & -file.facts.alignment();
    }

    private long up(long offset) {
        return down(offset + file.facts.alignment() - 1);
    }
}
