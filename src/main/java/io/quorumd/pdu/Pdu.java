package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * An arrived PDU, read in place: fields are fetched at their offsets in the receive buffer. One object per connection,
 * used again for every PDU, so it is valid only while {@link PduSink} is called.
 */
public final class Pdu {

    /** Bytes of the basic header segment (RFC 7143 §11.2.1). */
    public static final int HEADER_LENGTH = 48;

    private @Nullable ByteBuf header;
    private int at;
    private @Nullable ByteBuf data;
    private boolean dataDigestWrong;

    Pdu() {}

    void at(ByteBuf buffer, int index) {
        header = buffer;
        at = index;
        dataDigestWrong = false;
    }

    void data(@Nullable ByteBuf segment) {
        data = segment;
    }

    void dataDigestWrong() {
        dataDigestWrong = true;
    }

    /** Forgets everything and releases a data segment nobody took. */
    void clear() {
        header = null;
        if (data != null) {
            data.release();
            data = null;
        }
    }

    private ByteBuf header() {
        if (header == null) {
            throw new IllegalStateException("a PDU is valid only while its sink is called");
        }
        return header;
    }

    public int opcode() {
        return byteAt(0) & 0x3f;
    }

    /** The I bit. */
    public boolean immediate() {
        return (byteAt(0) & 0x40) != 0;
    }

    /** Byte 1: the F bit and what else the opcode puts there. */
    public int flags() {
        return byteAt(1);
    }

    /** The F bit. */
    public boolean last() {
        return (byteAt(1) & 0x80) != 0;
    }

    /** Bytes of all additional header segments. */
    public int ahsLength() {
        return byteAt(4) << 2;
    }

    /** Bytes of the data segment, without padding. */
    public int dataLength() {
        return header().getUnsignedMedium(at + 5);
    }

    /** The LUN field as it stands, big-endian. */
    public long lun() {
        return longAt(8);
    }

    public int initiatorTaskTag() {
        return intAt(16);
    }

    public int byteAt(int offset) {
        return header().getUnsignedByte(at + offset);
    }

    public int intAt(int offset) {
        return header().getInt(at + offset);
    }

    public long longAt(int offset) {
        return header().getLong(at + offset);
    }

    public void bytesAt(int offset, byte[] destination, int from, int length) {
        header().getBytes(at + offset, destination, from, length);
    }

    /** A copy that stays valid, without additional header segments; the data goes over to it. {@link #discard} it. */
    public Pdu keep() {
        Pdu kept = new Pdu();
        kept.at(
                Unpooled.buffer(HEADER_LENGTH)
                        .writeBytes(header(), at, HEADER_LENGTH)
                        .setByte(4, 0),
                0);
        kept.data = takeData();
        kept.dataDigestWrong = dataDigestWrong;
        return kept;
    }

    /** The end of one that was kept. */
    public void discard() {
        header().release();
        clear();
    }

    /** The basic header segment as a view, for cold paths; not retained. */
    public ByteBuf basicHeader() {
        return header().slice(at, HEADER_LENGTH);
    }

    /** The data did not match its digest: the data segment is not to be used. */
    public boolean isDataDigestWrong() {
        return dataDigestWrong;
    }

    /** The data segment, still owned by this PDU; null when empty or placed by {@link PduSink#place}. */
    public @Nullable ByteBuf data() {
        return data;
    }

    /** The data segment, for the caller to release. */
    public @Nullable ByteBuf takeData() {
        ByteBuf taken = data;
        data = null;
        return taken;
    }
}
