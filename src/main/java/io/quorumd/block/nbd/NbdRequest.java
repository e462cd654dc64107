package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import org.jspecify.annotations.Nullable;

/** A request on the wire, from its header to the last chunk of its reply. */
final class NbdRequest {

    static final int READ = 0;
    static final int WRITE = 1;
    static final int DISCONNECT = 2;
    static final int FLUSH = 3;
    static final int WRITE_ZEROES = 6;

    static final int FUA = 1;
    static final int NO_HOLE = 1 << 1;

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

    private @Nullable BlockError error;

    NbdRequest(int type, long offset, long length, Done done) {
        this.type = type;
        this.offset = offset;
        this.length = length;
        this.done = done;
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
