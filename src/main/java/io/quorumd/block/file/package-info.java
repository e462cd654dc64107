/**
 * Regular files and block devices of this host as {@link io.quorumd.block.BlockDevice}s, by way of the FFM API.
 *
 * <p>The strand never waits for a disk, and never hands over what memory holds. A read is tried on the strand with
 * {@code preadv2(RWF_NOWAIT)}, which the page cache answers at once; only what it lacks goes to a worker thread. Writes are
 * not tried: where a file system is frozen for a snapshot they wait. Buffered ones go to one thread for all files of a
 * strand, with many of them to two, and to the file's own workers when they are seen to wait. What is on tmpfs is memory, and served on the strand.
 * What is large of all this is copied by the strand and a thread that helps it, {@link io.quorumd.block.file.LargeTransfers}.
 * Whatever waits by its nature (flush, FUA, O_DIRECT, cache misses, zeroing) has up to sixteen workers per device, so that a
 * disk sees its queue depth and a disk that hangs holds up no other's. All flushes that come while an fdatasync runs share
 * the next one.
 *
 * <p>{@code ByteBuf.memoryAddress()} works without Unsafe on JDK 25 and allocates nothing; system calls take addresses.
 *
 * <p>Measured (two cores, Linux 6.18, CPU time, 4 KiB at queue depth 32 on three children, random): a read from the page
 * cache of ext4 3.4 µs for all three, a write to tmpfs 4.9 µs (5.1 µs by {@code FileChannel} on one thread). A buffered
 * write to ext4 costs 2 µs a file, 13 µs where the page cache holds it in large folios, whose buffer heads the kernel goes
 * through one by one; with one thread for all three files the service takes 0.73 of the CPU of one for each.
 */
@NullMarked
package io.quorumd.block.file;

import org.jspecify.annotations.NullMarked;
