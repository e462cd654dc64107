package io.quorumd.iscsi.login;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A text that is sent in as many responses as the initiator's data segment length makes necessary (C bit, RFC 7143 §6.2). */
final class TextPieces {

    private ByteBuf rest = Unpooled.EMPTY_BUFFER;

    void put(ByteBuf text) {
        rest = text;
    }

    /** The next piece, of its own memory; more is to come where {@link #isEmpty} is false afterwards. */
    ByteBuf next(int bytesMax) {
        return Unpooled.copiedBuffer(rest.readSlice(Math.min(bytesMax, rest.readableBytes())));
    }

    boolean isEmpty() {
        return !rest.isReadable();
    }
}
