package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import java.util.zip.CRC32C;

/**
 * A header or data digest: CRC32C over one or several pieces (RFC 7143 §13.1). One per direction of a connection, used
 * by its thread only.
 */
final class Digest {

    /** Bytes on the wire. */
    static final int LENGTH = 4;

    private static final byte[] PADDING = new byte[3];

    private final CRC32C crc = new CRC32C();

    Digest start() {
        crc.reset();
        return this;
    }

    Digest over(ByteBuf buffer, int index, int length) {
        if (buffer.nioBufferCount() == 1) {
            crc.update(buffer.internalNioBuffer(index, length));
        } else {
            for (var piece : buffer.nioBuffers(index, length)) {
                crc.update(piece);
            }
        }
        return this;
    }

    /** The zeroes an outgoing data segment is padded with. */
    Digest overPadding(int length) {
        crc.update(PADDING, 0, length);
        return this;
    }

    Digest overByte(int value) {
        crc.update(value);
        return this;
    }

    /** As a little-endian number: that is how the bits of §13.1 come to lie on the wire. */
    int valueLE() {
        return (int) crc.getValue();
    }
}
