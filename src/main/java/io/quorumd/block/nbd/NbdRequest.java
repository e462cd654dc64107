package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.StatusCompletion;
import org.jspecify.annotations.Nullable;

/** A request on the wire, from its header to the last chunk of its reply. */
final class NbdRequest {

    static final int READ = 0;
    static final int WRITE = 1;
    static final int DISCONNECT = 2;
    static final int FLUSH = 3;
    static final int WRITE_ZEROES = 6;
    static final int BLOCK_STATUS = 7;

    static final int FUA = 1;
    static final int NO_HOLE = 1 << 1;
    static final int ONE_EXTENT = 1 << 3;

    /** The end of it, on the event loop, once; {@code data} is set for a read that succeeded and is the receiver's. */
    @FunctionalInterface
    interface Done {
        void replied(@Nullable ByteBuf data, @Nullable BlockError error);
    }

    final int type;
    final long offset;
    final long length;
    private final Done done;
    /** What has arrived of a read; null until the first chunk. */
    private @Nullable ByteBuf data;
    /** Bytes that have arrived of a read: a server may not leave out any and still say success. */
    long arrived;

    private final @Nullable Extent extent;
    private @Nullable BlockError error;

    /** What the server says of the beginning of a range; no bytes until it has. */
    static final class Extent {
        long length;
        boolean hole;
    }

    NbdRequest(int type, long offset, long length, Done done) {
        this(type, offset, length, null, done);
    }

    private NbdRequest(int type, long offset, long length, @Nullable Extent extent, Done done) {
        this.extent = extent;
        this.type = type;
        this.offset = offset;
        this.length = length;
        this.done = done;
    }

    /** Asks whether the beginning of a range is a hole that reads as zeroes, and how far that reaches. */
    static NbdRequest blockStatus(long offset, long length, StatusCompletion done) {
        Extent extent = new Extent();
        return new NbdRequest(BLOCK_STATUS, offset, length, extent, (none, error) -> {
            if (error != null) {
                done.completed(0, true, error);
            } else {
                done.completed(Math.min(length, extent.length), !extent.hole, null);
            }
        });
    }

    /** Null unless it asks for one. */
    @Nullable
    Extent extent() {
        return extent;
    }

    @Nullable
    ByteBuf data() {
        return data;
    }

    void data(ByteBuf buffer) {
        data = buffer;
    }

    /** The first error counts; chunks after it are read and dropped. */
    void failed(BlockError why) {
        if (error == null) {
            error = why;
        }
    }

    void end() {
        ByteBuf result = data;
        data = null;
        if (error == null && type == READ && arrived != length) {
            error = BlockError.of(BlockError.Errno.EIO, "the server left out bytes of a read");
        }
        if (error == null && extent != null && extent.length == 0) {
            error = BlockError.of(BlockError.Errno.EIO, "the server left out the status of the blocks");
        }
        if (error != null) {
            if (result != null) {
                result.release();
            }
            done.replied(null, error);
        } else {
            done.replied(result, null);
        }
    }
}
