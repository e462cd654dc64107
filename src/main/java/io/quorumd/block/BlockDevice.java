package io.quorumd.block;

import io.netty.buffer.ByteBuf;

/**
 * Bytes that can be read and written at any block: a file, a remote endpoint, or a quorum of those.
 *
 * <p><b>Threads.</b> A device belongs to one {@link Strand}. Every method but {@link #name}, {@link #size},
 * {@link #physicalBlockSize} and {@link #strand} is called on it, and every completion runs on it, exactly once,
 * possibly before the call returns (a read that the page cache holds, say). Callers that loop over requests must
 * therefore not recurse once per request.
 *
 * <p><b>Units.</b> Offsets and lengths are bytes. Offset and length of a request lie within the device; a device whose
 * medium has blocks larger than the request's granularity does the read-modify-write itself, atomically.
 *
 * <p><b>Buffers.</b> See {@link #read} and {@link #write}. All buffers are direct, from the pool the device was opened
 * with.
 *
 * <p><b>Order.</b> Requests that overlap in time have no order but what {@code QuorumDevice} adds; a caller that needs
 * one waits for the completion.
 *
 * <p>Errors are completions with a {@link BlockError}; methods throw only for a caller's programming error.
 */
public interface BlockDevice {

    /** The name it has in configuration, logs and events; unique in the process. */
    String name();

    /** Length in bytes. It may grow; never read it twice where both readings must agree. */
    long size();

    /** The unit, in bytes and a power of two, that the medium writes without read-modify-write: 512, 4096 … */
    int physicalBlockSize();

    /** The thread this device belongs to. */
    Strand strand();

    /**
     * Reads {@code length} bytes at {@code offset}. The buffer that arrives has exactly that many readable bytes and
     * belongs to the receiver, who releases it.
     */
    void read(long offset, int length, ReadCompletion done);

    /**
     * Writes all readable bytes of {@code source} at {@code offset}; its indices are not changed. The caller keeps its
     * reference until the completion. A device may hold a reference of its own beyond that (a child that hangs still
     * has the request), so nobody ever changes the bytes of a buffer that was once handed to {@code write}.
     *
     * @param fua the data is on stable storage before the completion (SBC-4 FUA, NBD_CMD_FLAG_FUA)
     */
    void write(long offset, ByteBuf source, boolean fua, Completion done);

    /**
     * Makes a range read as zeroes.
     *
     * @param deallocate give the space back where that can be done with the guarantee that it reads as zeroes
     *     afterwards; whatever cannot is written
     */
    void writeZeroes(long offset, long length, boolean deallocate, boolean fua, Completion done);

    /**
     * Reads a range, lets {@code change} edit it, and writes it back, with no other request to that range in between:
     * what COMPARE AND WRITE and its kin are made of.
     */
    void update(long offset, int length, boolean fua, Update change, Completion done);

    /** All writes completed before this call are on stable storage when it completes. */
    void flush(Completion done);

    /**
     * Whether the beginning of a range holds data (SCSI GET LBA STATUS, NBD base:allocation), and up to where. A device
     * that cannot say says that it does.
     */
    default void blockStatus(long offset, long length, StatusCompletion done) {
        done.completed(length, true, null);
    }

    /** Gives back what the device holds, after the requests in flight have ended. Completes even when it fails. */
    void close(Completion done);
}
