package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError.Errno;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends one range of whole blocks as as many requests as the remote's limits make of it. */
final class RemotePieces {

    private static final ByteBuf ZEROES = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(1 << 20).writeZero(1 << 20).asReadOnly());

    private final RemoteBlocks remote;
    private final ByteBufAllocator allocator;

    RemotePieces(RemoteBlocks remote, ByteBufAllocator allocator) {
        this.remote = remote;
        this.allocator = allocator;
    }

    void read(long offset, int length, ReadCompletion done) {
        int most = remote.maximumTransfer();
        if (length <= most) {
            remote.read(offset, length, done);
            return;
        }
        ByteBuf whole = allocator.directBuffer(length, length).writerIndex(length);
        Join join = new Join(error -> {
            if (error != null) {
                whole.release();
                done.completed(null, error);
            } else {
                done.completed(whole, null);
            }
        });
        for (int at = 0; at < length; at += most) {
            int from = at;
            join.add();
            remote.read(
                    offset + at, Math.min(most, length - at), (data, error) -> into(whole, from, data, error, join));
        }
        join.completed(null);
    }

    private static void into(
            ByteBuf whole, int from, @Nullable ByteBuf data, @Nullable BlockError error, Completion join) {
        if (data != null) {
            whole.setBytes(from, data, data.readerIndex(), data.readableBytes());
            data.release();
        }
        join.completed(error);
    }

    void write(long offset, ByteBuf source, boolean fua, Completion done) {
        durably(fua, remote.hasFua(), done, join -> {
            int most = remote.maximumTransfer();
            int length = source.readableBytes();
            for (int at = 0; at < length; at += most) {
                join.add();
                ByteBuf piece = source.slice(source.readerIndex() + at, Math.min(most, length - at));
                remote.write(offset + at, piece, fua, join);
            }
        });
    }

    void zeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        long most = remote.maximumZeroes(deallocate);
        if (most == 0) {
            writeZeroes(offset, length, fua, done);
            return;
        }
        durably(fua, remote.hasFuaForZeroes(), done, join -> {
            for (long at = 0; at < length; at += most) {
                join.add();
                long from = offset + at;
                long count = Math.min(most, length - at);
                remote.zeroes(from, count, deallocate, fua, error -> {
                    if (error != null && error.code() == Errno.EINVAL) {
                        writeZeroes(from, count, fua, join);
                    } else {
                        join.completed(error);
                    }
                });
            }
        });
    }

    private void writeZeroes(long offset, long length, boolean fua, Completion done) {
        durably(fua, remote.hasFua(), done, join -> {
            int most = Math.min(remote.maximumTransfer(), ZEROES.readableBytes());
            for (long at = 0; at < length; at += most) {
                join.add();
                remote.write(offset + at, ZEROES.slice(0, (int) Math.min(most, length - at)), fua, join);
            }
        });
    }

    /** Runs the writes; a flush after them makes them durable where they cannot be so by themselves. */
    private void durably(boolean fua, boolean byThemselves, Completion done, Consumer<Join> writes) {
        Join join = new Join(error -> {
            if (error == null && fua && !byThemselves) {
                remote.flush(done);
            } else {
                done.completed(error);
            }
        });
        writes.accept(join);
        join.completed(null);
    }

    /** Completes when its parts have, one of which is its maker, with the first error. */
    static final class Join implements Completion {
        private final Completion done;
        private int parts = 1;
        private @Nullable BlockError first;

        Join(Completion done) {
            this.done = done;
        }

        void add() {
            parts++;
        }

        @Override
        public void completed(@Nullable BlockError error) {
            if (first == null) {
                first = error;
            }
            if (--parts == 0) {
                done.completed(first);
            }
        }
    }
}
