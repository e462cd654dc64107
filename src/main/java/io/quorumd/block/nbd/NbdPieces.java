package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.StatusCompletion;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one aligned range as as many NBD requests as the server's limits make of it. Offsets and lengths are bytes and
 * multiples of the server's minimum block.
 */
final class NbdPieces {

    /** NBD does not bound zeroing by the payload size, but a server may take long: other requests get a turn. */
    private static final long ZEROES_MAX = 128L << 20;

    /** A multiple of every block size, and a number of 32 bits. */
    private static final long STATUS_MAX = 1L << 30;

    private static final ByteBuf ZEROES = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(1 << 20).writeZero(1 << 20).asReadOnly());

    private final NbdTransmission transmission;
    private final NbdExport export;
    private final ByteBufAllocator allocator;

    NbdPieces(NbdTransmission transmission, NbdExport export, ByteBufAllocator allocator) {
        this.transmission = transmission;
        this.export = export;
        this.allocator = allocator;
    }

    private int payload() {
        return export.maximumPayload() & -export.minimumBlock();
    }

    void read(long offset, int length, ReadCompletion done) {
        if (length <= payload()) {
            transmission.send(new NbdRequest(NbdRequest.READ, offset, length, done::completed), 0, null);
            return;
        }
        ByteBuf whole = allocator.directBuffer(length, length).writerIndex(length);
        NbdDevice.Join join = new NbdDevice.Join(1, error -> {
            if (error != null) {
                whole.release();
                done.completed(null, error);
            } else {
                done.completed(whole, null);
            }
        });
        for (int at = 0; at < length; at += payload()) {
            int from = at;
            int count = Math.min(payload(), length - at);
            join.add();
            NbdRequest request = new NbdRequest(
                    NbdRequest.READ, offset + at, count, (data, error) -> into(whole, from, data, error, join));
            transmission.send(request, 0, null);
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
        durably(fua, done, join -> {
            int length = source.readableBytes();
            for (int at = 0; at < length; at += payload()) {
                ByteBuf piece = source.slice(source.readerIndex() + at, Math.min(payload(), length - at));
                send(NbdRequest.WRITE, offset + at, piece.readableBytes(), flags(fua), piece, join);
            }
        });
    }

    /** @param deallocate the server may punch holes; what it says is zeroed reads as zeroes either way */
    void zeroes(long offset, long length, boolean deallocate, boolean fua, Completion done) {
        durably(fua, done, join -> {
            boolean can = export.has(NbdExport.FLAG_SEND_WRITE_ZEROES);
            long most = can ? ZEROES_MAX : Math.min(payload(), ZEROES.readableBytes());
            int flags = flags(fua) | (can && !deallocate ? NbdRequest.NO_HOLE : 0);
            for (long at = 0; at < length; at += most) {
                long count = Math.min(most, length - at);
                ByteBuf data = can ? null : ZEROES.slice(0, (int) count);
                send(can ? NbdRequest.WRITE_ZEROES : NbdRequest.WRITE, offset + at, count, flags, data, join);
            }
        });
    }

    /** What the server says of the beginning of a range: bytes, and whether they are a hole that reads as zeroes. */
    void status(long offset, long length, StatusCompletion done) {
        NbdRequest request = NbdRequest.blockStatus(offset, Math.min(length, STATUS_MAX), done);
        transmission.send(request, NbdRequest.ONE_EXTENT, null);
    }

    private void send(int type, long offset, long length, int flags, @Nullable ByteBuf data, NbdDevice.Join join) {
        join.add();
        transmission.send(new NbdRequest(type, offset, length, (none, error) -> join.completed(error)), flags, data);
    }

    private int flags(boolean fua) {
        return fua && export.has(NbdExport.FLAG_SEND_FUA) ? NbdRequest.FUA : 0;
    }

    /** Runs the writes; without FUA on the server's side, a flush after them makes them durable. */
    private void durably(boolean fua, Completion done, Consumer<NbdDevice.Join> writes) {
        boolean flush = fua && !export.has(NbdExport.FLAG_SEND_FUA);
        NbdDevice.Join join = new NbdDevice.Join(1, error -> {
            if (error == null && flush) {
                NbdRequest request = new NbdRequest(NbdRequest.FLUSH, 0, 0, (none, failed) -> done.completed(failed));
                transmission.send(request, 0, null);
            } else {
                done.completed(error);
            }
        });
        writes.accept(join);
        join.completed(null);
    }
}
