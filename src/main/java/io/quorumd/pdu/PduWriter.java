package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lays outgoing PDUs out for one gathering write. Headers, digests, padding and small data segments of successive PDUs
 * stand next to each other in one slab, so that thirty responses leave as one piece; large data segments are passed on
 * as they are. Nothing is allocated per PDU. Used by one thread.
 *
 * <p>To send a PDU: {@link #begin}, fill in {@link #header} from that index on, {@link #end}. {@link #flush} passes on
 * what is still in the slab.
 */
public final class PduWriter {

    private static final int SLAB_LENGTH = 8 << 10;
    /** A data segment up to this length is copied rather than passed on: it costs less than another piece to send. */
    private static final int COPY_MAX = 512;

    private static final int ROOM = Pdu.HEADER_LENGTH + COPY_MAX + 3 + 2 * Digest.LENGTH;

    private final ByteBufAllocator allocator;
    private final Consumer<ByteBuf> out;
    private final Digest digest = new Digest();
    private boolean headerDigest;
    private boolean dataDigest;
    private @Nullable ByteBuf slab;
    /** From here to its writer index the slab is not passed on yet. */
    private int pending;

    /** @param out takes ownership of what it gets, in the order it is to be sent */
    public PduWriter(ByteBufAllocator allocator, Consumer<ByteBuf> out) {
        this.allocator = allocator;
        this.out = out;
    }

    /** From the next PDU on. */
    public void digests(boolean header, boolean data) {
        headerDigest = header;
        dataDigest = data;
    }

    /** Where the next header starts in {@link #header}: 48 zero bytes. */
    public int begin() {
        ByteBuf buffer = slab;
        if (buffer == null || buffer.writableBytes() < ROOM) {
            close();
            buffer = allocator.directBuffer(SLAB_LENGTH, SLAB_LENGTH);
            slab = buffer;
            pending = 0;
        }
        int at = buffer.writerIndex();
        buffer.writeZero(Pdu.HEADER_LENGTH);
        return at;
    }

    public ByteBuf header() {
        if (slab == null) {
            throw new IllegalStateException("begin() comes first");
        }
        return slab;
    }

    /** Ends a PDU without data. */
    public void end(int at) {
        if (headerDigest) {
            ByteBuf buffer = header();
            buffer.writeIntLE(digest.start().over(buffer, at, Pdu.HEADER_LENGTH).valueLE());
        }
    }

    /** @param data what is readable of it is the data segment; ownership passes */
    public void end(int at, ByteBuf data) {
        int length = data.readableBytes();
        ByteBuf buffer = header();
        buffer.setMedium(at + 5, length);
        end(at);
        if (dataDigest) {
            digest.start().over(data, data.readerIndex(), length).overPadding(-length & 3);
        }
        if (length <= COPY_MAX) {
            buffer.writeBytes(data);
            data.release();
        } else {
            flush();
            out.accept(data);
        }
        buffer.writeZero(-length & 3);
        if (dataDigest && length > 0) {
            buffer.writeIntLE(digest.valueLE());
        }
    }

    /** Passes on what stands in the slab. */
    public void flush() {
        ByteBuf buffer = slab;
        if (buffer != null && buffer.writerIndex() > pending) {
            out.accept(buffer.retainedSlice(pending, buffer.writerIndex() - pending));
            pending = buffer.writerIndex();
        }
    }

    /** Passes on the rest and gives the slab back. */
    public void close() {
        flush();
        if (slab != null) {
            slab.release();
            slab = null;
        }
    }
}
