package io.quorumd.block;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/** Where the service has the memory from that data is in on its way. */
public final class Buffers {

    /** One lock each. The two threads that serve a load of large transfers share one, and so use the same memory again. */
    private static final int ARENAS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /**
     * Memory is had from the system in chunks of 16 MiB, and a chunk is given back when nothing is left of it in use. With
     * 4 MiB, Netty's default, eight reads of 256 KiB at a time from three children empty one twelve times in a hundred
     * reads, and the system zeroes the next: a tenth fewer reads for a tenth more of the CPU.
     */
    private static final int CHUNK_ORDER = 11;

    /** {@code M_MMAP_THRESHOLD} of glibc's mallopt. */
    private static final int MMAP_THRESHOLD = -3;

    private static final int MAPPED_BYTES = 1 << 20;

    static {
        mapChunks();
    }

    /** Direct buffers. For any thread. */
    public static final ByteBufAllocator ALLOCATOR = new PooledByteBufAllocator(
            true,
            0,
            ARENAS,
            PooledByteBufAllocator.defaultPageSize(),
            CHUNK_ORDER,
            PooledByteBufAllocator.defaultSmallCacheSize(),
            PooledByteBufAllocator.defaultNormalCacheSize(),
            PooledByteBufAllocator.defaultUseCacheForAllThreads());

    private Buffers() {}

    /**
     * Has malloc map whatever is as large as a chunk by itself, so that it is the system's again when it is given back. Otherwise
     * glibc would put it into one of its heaps after it has seen one such given back, and keep what is below the next thing
     * in use there: resident memory grew by a quarter in an hour. A libc without mallopt (musl) has no such heaps.
     */
    private static void mapChunks() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup()
                .find("mallopt")
                .map(at -> linker.downcallHandle(at, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT)))
                .ifPresent(mallopt -> {
                    try {
                        int _ = (int) mallopt.invokeExact(MMAP_THRESHOLD, MAPPED_BYTES);
                    } catch (Throwable e) {
                        throw new AssertionError("mallopt", e);
                    }
                });
    }
}
