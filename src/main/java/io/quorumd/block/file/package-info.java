/**
 * Regular files and block devices of this host as {@link io.quorumd.block.BlockDevice}s, by way of the FFM API.
 *
 * <p>The strand never waits for a disk, and never hands over what memory holds. A read is tried on the strand with
 * {@code preadv2(RWF_NOWAIT)}, which the page cache answers at once; only what it lacks goes to a worker thread. So does
 * a write, where the file system can write without waiting; ext4 cannot, its buffered writes go to one worker per device,
 * taken and handed back in batches. What is on tmpfs is memory, and served on the strand. Whatever waits by its nature
 * (flush, FUA, O_DIRECT, cache misses, zeroing) has up to sixteen workers per device, so that a disk sees its queue depth
 * and a disk that hangs holds up no other's. All flushes that come while an fdatasync runs share the next one.
 *
 * <p>{@code ByteBuf.memoryAddress()} works without Unsafe on JDK 25 and allocates nothing; system calls take addresses.
 *
 * <p>Measured (two cores, Linux 6.18, CPU time, 4 KiB at queue depth 32 on three children, random): a read from the page
 * cache of ext4 3.4 µs for all three, a write to tmpfs 4.9 µs (5.1 µs by {@code FileChannel} on one thread), a buffered
 * write to ext4 52 µs by the workers, 47 µs by {@code FileChannel} on one thread: handing over and back costs a tenth, and
 * nothing is allocated.
 */
@NullMarked
package io.quorumd.block.file;

import org.jspecify.annotations.NullMarked;
