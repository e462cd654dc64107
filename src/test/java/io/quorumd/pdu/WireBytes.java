package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.zip.CRC32C;

/** PDUs as they stand on the wire, made without the classes under test. */
final class WireBytes {

    private WireBytes() {}

    static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    static ByteBuf pdu(int opcode, int itt, byte[] ahs, byte[] data, boolean headerDigest, boolean dataDigest) {
        ByteBuf header = Unpooled.buffer();
        header.writeByte(opcode)
                .writeByte(0x80)
                .writeShort(0)
                .writeByte(ahs.length / 4)
                .writeMedium(data.length);
        header.writeLong(0).writeInt(itt).writeZero(28).writeBytes(ahs);
        ByteBuf wire = Unpooled.buffer().writeBytes(header.duplicate());
        if (headerDigest) {
            wire.writeIntLE(crc(bytes(header)));
        }
        if (data.length > 0) {
            byte[] padded = java.util.Arrays.copyOf(data, data.length + 3 & ~3);
            wire.writeBytes(padded);
            if (dataDigest) {
                wire.writeIntLE(crc(padded));
            }
        }
        return wire;
    }

    static byte[] bytes(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.getBytes(buffer.readerIndex(), bytes);
        return bytes;
    }
}
