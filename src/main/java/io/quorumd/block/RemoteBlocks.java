package io.quorumd.block;

import io.netty.buffer.ByteBuf;

/**
 * A disk on the other end of a connection, as its protocol has it: whole blocks, and no request longer than the remote
 * takes. {@link RemoteDevice} makes a {@link BlockDevice} of it. Everything is called on the device's strand and
 * completes there, once.
 */
public interface RemoteBlocks {

    /** Bytes. */
    long size();

    /** The remote's block in bytes, a power of two: offsets and lengths of requests are multiples of it. */
    int block();

    /** See {@link BlockDevice#physicalBlockSize}. */
    int physicalBlock();

    /** The longest read or write, in bytes; a multiple of {@link #block}. */
    int maximumTransfer();

    void read(long offset, int length, ReadCompletion done);

    /** Writes what is readable of {@code data}, a view that stays valid until the completion. */
    void write(long offset, ByteBuf data, boolean fua, Completion done);

    /**
     * The longest {@link #zeroes}, in bytes and a multiple of {@link #block}; 0 where the remote has no such request, so
     * that zeroes have to be written.
     */
    long maximumZeroes(boolean deallocate);

    /**
     * Makes a range read as zeroes. EINVAL says that the remote does not do it after all, and nothing was done.
     *
     * @param deallocate the remote may give the space back; the range reads as zeroes either way
     */
    void zeroes(long offset, long length, boolean deallocate, boolean fua, Completion done);

    /** Whether the remote makes single writes durable; otherwise a flush follows them. */
    boolean hasFua();

    /** The same for {@link #zeroes}. */
    boolean hasFuaForZeroes();

    void flush(Completion done);

    /** What the remote knows of the beginning of a range; see {@link BlockDevice#blockStatus}. */
    default void status(long offset, long length, StatusCompletion done) {
        done.completed(length, true, null);
    }

    /** Says goodbye and ends what is still in flight; completes within a time of its own, whatever the remote does. */
    void disconnect(Completion done);
}
