package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the byte stream of a connection into PDUs, within the limits of a {@link Framing}: before it has accepted a
 * header it holds at most that header, and before login a data segment takes no more memory than has arrived of it.
 *
 * <p>A PDU that lies whole in the receive buffer is delivered from there; its data is a slice. A large data segment that
 * is still to come is read by the socket straight into its final buffer: {@link #receiveBuffer} hands out the missing
 * part of it as the next buffer to receive into. Used by one thread.
 */
public final class PduFramer {

    /** A missing part of a data segment below this length is rather copied than read on its own. */
    private static final int DIRECT_READ_MIN = 16 << 10;

    private static final int MAX_HEADER_LENGTH = Pdu.HEADER_LENGTH + 1020 + Digest.LENGTH;

    private enum State {
        HEADER,
        DATA,
        TRAILER
    }

    private final ByteBufAllocator allocator;
    private final PduSink sink;
    private final Pdu pdu = new Pdu();
    private final Digest digest = new Digest();
    private final ReceiveSize receiveSize = new ReceiveSize();

    private Framing framing;
    private State state = State.HEADER;
    private boolean closed;
    /** A header that came in pieces, or whose data is still coming. */
    private final ByteBuf carry;

    /**
     * Where the data segment is gathered. We hold a reference of our own even where the sink has named it, since the
     * command it belongs to may end at any time.
     */
    private @Nullable ByteBuf target;

    private boolean placed;
    private int dataMissing;
    private int trailerMissing;
    private long trailer;
    /** What {@link #receiveBuffer} handed out last as a window into {@link #target}. */
    private @Nullable ByteBuf window;

    public PduFramer(ByteBufAllocator allocator, PduSink sink, Framing framing) {
        this.allocator = allocator;
        this.sink = sink;
        this.framing = framing;
        this.carry = allocator.heapBuffer(Pdu.HEADER_LENGTH + Digest.LENGTH, MAX_HEADER_LENGTH);
    }

    /** Takes effect with the next PDU; called between PDUs or from {@link PduSink#received}. */
    public void framing(Framing framing) {
        this.framing = framing;
    }

    /** The buffer to receive into next, empty, for the caller to pass to {@link #received} or to release. */
    public ByteBuf receiveBuffer(ByteBufAllocator from) {
        window = null;
        ByteBuf into = target;
        if (state == State.DATA && dataMissing >= DIRECT_READ_MIN && into != null) {
            into.ensureWritable(dataMissing);
            receiveSize.direct();
            ByteBuf part = into.retainedSlice(into.writerIndex(), dataMissing).writerIndex(0);
            window = part;
            return part;
        }
        return from.directBuffer(receiveSize.next(framing.maxDataSegmentLength()));
    }

    /** Takes in what has arrived, and releases the buffer. */
    public void received(ByteBuf in) {
        try {
            if (in == window) {
                windowFilled(in.readableBytes());
            } else {
                receiveSize.received(in.readableBytes());
                feed(in);
            }
        } finally {
            window = null;
            in.release();
        }
    }

    /** Drops what is unfinished; whatever still arrives is ignored. */
    public void close() {
        if (!closed) {
            closed = true;
            carry.release();
            if (target != null) {
                target.release();
                target = null;
            }
        }
    }

    private void windowFilled(int length) {
        if (target != null && !closed) {
            target.writerIndex(target.writerIndex() + length);
            dataMissing -= length;
            if (dataMissing == 0) {
                dataComplete();
            }
        }
    }

    private void feed(ByteBuf in) {
        while (in.isReadable() && !closed) {
            switch (state) {
                case HEADER -> header(in);
                case DATA -> data(in);
                case TRAILER -> trailer(in);
            }
        }
    }

    private void header(ByteBuf in) {
        if (!carry.isReadable() && in.readableBytes() >= Pdu.HEADER_LENGTH) {
            int length = headerLength(in, in.readerIndex());
            if (in.readableBytes() >= length) {
                pdu.at(in, in.readerIndex());
                in.skipBytes(length);
                headerComplete(in, length);
                return;
            }
        }
        if (carryUntil(Pdu.HEADER_LENGTH, in)) {
            int length = headerLength(carry, 0);
            if (carryUntil(length, in)) {
                pdu.at(carry, 0);
                headerComplete(in, length);
            }
        }
    }

    private boolean carryUntil(int length, ByteBuf in) {
        int missing = length - carry.readableBytes();
        if (missing > 0) {
            carry.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return carry.readableBytes() >= length;
    }

    /** Bytes up to the data segment, once what the basic header announces is found to be within the limits. */
    private int headerLength(ByteBuf buffer, int at) {
        int opcode = buffer.getByte(at) & 0x3f;
        int ahsLength = buffer.getUnsignedByte(at + 4) << 2;
        int dataLength = buffer.getUnsignedMedium(at + 5);
        if (!framing.accepts(opcode)) {
            throw new ProtocolException("unexpected opcode 0x%02x".formatted(opcode));
        }
        if (ahsLength > framing.maxAhsLength()) {
            throw new ProtocolException("additional header segments of %d bytes, at most %d are accepted"
                    .formatted(ahsLength, framing.maxAhsLength()));
        }
        if (dataLength > framing.maxDataSegmentLength()) {
            throw new ProtocolException("data segment of %d bytes, at most %d are accepted"
                    .formatted(dataLength, framing.maxDataSegmentLength()));
        }
        return Pdu.HEADER_LENGTH + ahsLength + (framing.headerDigest() ? Digest.LENGTH : 0);
    }

    private void headerComplete(ByteBuf in, int length) {
        boolean carried = carry.isReadable();
        ByteBuf from = carried ? carry : in;
        int at = carried ? 0 : in.readerIndex() - length;
        if (framing.headerDigest()) {
            int end = length - Digest.LENGTH;
            if (digest.start().over(from, at, end).valueLE() != from.getIntLE(at + end)) {
                throw new ProtocolException("header digest error");
            }
        }
        int dataLength = pdu.dataLength();
        if (dataLength == 0) {
            deliver();
            return;
        }
        ByteBuf place = sink.place(pdu);
        if (closed) {
            return;
        }
        placed = place != null;
        dataMissing = dataLength;
        trailerMissing = -dataLength & 3;
        trailer = 0;
        if (framing.dataDigest()) {
            trailerMissing += Digest.LENGTH;
        }
        if (place == null && in.readableBytes() >= dataLength) {
            target = in.readRetainedSlice(dataLength);
            dataMissing = 0;
        } else if (place == null) {
            target = newTarget(dataLength);
        } else {
            target = place.retain();
        }
        if (!carried && in.readableBytes() < dataMissing + trailerMissing) {
            carry.writeBytes(from, at, length);
            pdu.at(carry, 0);
        }
        state = State.DATA;
        data(in);
    }

    private ByteBuf newTarget(int dataLength) {
        int initial = dataLength >= DIRECT_READ_MIN ? dataLength : Math.min(dataLength, 256);
        return allocator.directBuffer(initial, dataLength);
    }

    private void data(ByteBuf in) {
        int length = Math.min(dataMissing, in.readableBytes());
        if (length > 0 && target != null) {
            target.writeBytes(in, length);
            dataMissing -= length;
        }
        if (dataMissing == 0) {
            dataComplete();
            if (state == State.TRAILER) {
                trailer(in);
            }
        }
    }

    private void dataComplete() {
        state = State.TRAILER;
        if (trailerMissing == 0) {
            complete();
        }
    }

    /** Padding and data digest: up to seven bytes, kept in a long with the latest in the lowest byte. */
    private void trailer(ByteBuf in) {
        while (trailerMissing > 0 && in.isReadable()) {
            trailer = trailer << 8 | in.readUnsignedByte();
            trailerMissing--;
        }
        if (trailerMissing == 0) {
            complete();
        }
    }

    private void complete() {
        ByteBuf data = target;
        target = null;
        if (data == null) {
            throw new IllegalStateException("a data segment without a buffer");
        }
        if (framing.dataDigest() && !dataDigestRight(data)) {
            pdu.dataDigestWrong();
        }
        if (placed) {
            data.release();
        } else {
            pdu.data(data);
        }
        deliver();
    }

    private boolean dataDigestRight(ByteBuf data) {
        int length = pdu.dataLength();
        digest.start().over(data, data.writerIndex() - length, length);
        for (int i = (-length & 3) - 1; i >= 0; i--) {
            digest.overByte((int) (trailer >>> (Integer.SIZE + Byte.SIZE * i)));
        }
        return digest.valueLE() == Integer.reverseBytes((int) trailer);
    }

    private void deliver() {
        state = State.HEADER;
        try {
            sink.received(pdu);
        } finally {
            pdu.clear();
            if (!closed) {
                carry.clear();
            }
        }
    }
}
