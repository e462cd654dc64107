package io.quorumd.iscsi.login;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;

/** Puts a text together from the segments of requests with the C bit (RFC 7143 §6.2), up to a bound. */
final class TextAssembly {

    /** Of one text, in bytes: twice what a login request can carry, which no initiator fills. */
    static final int BYTES_MAX = 16 << 10;

    private ByteBuf text = Unpooled.EMPTY_BUFFER;

    /** Copies the readable bytes of a segment. */
    void append(ByteBuf segment) throws TextFormatException {
        int length = segment.readableBytes();
        if (text.readableBytes() + length > BYTES_MAX) {
            clear();
            throw new TextFormatException("text longer than " + BYTES_MAX + " bytes");
        }
        if (length > 0) {
            if (isEmpty()) {
                text = Unpooled.buffer(length, BYTES_MAX);
            }
            text.writeBytes(segment, segment.readerIndex(), length);
        }
    }

    /** The whole text, which must not repeat a key; the assembly is empty afterwards. */
    TextKeys take() throws TextFormatException {
        try {
            TextKeys keys = TextKeys.parse(text);
            String repeated = keys.repeated();
            if (repeated != null) {
                throw new TextFormatException("key " + Quoted.of(repeated) + " twice");
            }
            return keys;
        } finally {
            clear();
        }
    }

    void clear() {
        text = Unpooled.EMPTY_BUFFER;
    }

    boolean isEmpty() {
        return !text.isReadable();
    }
}
