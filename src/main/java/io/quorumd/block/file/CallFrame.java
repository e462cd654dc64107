package io.quorumd.block.file;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The native memory one thread needs for its system calls: where errno lands, one iovec, and an aligned buffer for direct
 * I/O. Made once per thread or device, so that a call allocates nothing. Not shared between threads that call.
 */
final class CallFrame {

    /** Bytes bounced in one go by direct I/O. */
    static final int BOUNCE_BYTES = 256 * 1024;

    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final long IOVEC_BYTES = 16;

    private final Arena arena = Arena.ofAuto();
    final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    final MemorySegment iovec = arena.allocate(IOVEC_BYTES, Long.BYTES);
    /** A struct statx. */
    final MemorySegment stat = arena.allocate(256, Long.BYTES);

    private MemorySegment bounce = MemorySegment.NULL;

    /** Of the last call that failed; stale after one that succeeded. */
    int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    MemorySegment iovec(long address, long length) {
        iovec.set(ValueLayout.JAVA_LONG, 0, address);
        iovec.set(ValueLayout.JAVA_LONG, Long.BYTES, length);
        return iovec;
    }

    /** {@link #BOUNCE_BYTES} of memory on a page boundary, as O_DIRECT wants it. */
    MemorySegment bounce() {
        if (bounce.byteSize() == 0) {
            bounce = arena.allocate(BOUNCE_BYTES, 4096);
        }
        return bounce;
    }
}
