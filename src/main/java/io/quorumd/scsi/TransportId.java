package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** iSCSI TransportIDs: initiators by name (SPC-5 §7.6.4.6). */
final class TransportId {

    private static final int ISCSI = 0x05;
    private static final int PORT_FORMAT = 0x40;
    private static final int HEADER = 4;
    private static final String ISID = ",i,0x";

    private TransportId() {}

    static void write(ByteBuf out, String initiatorPort) {
        byte[] name = initiatorPort.getBytes(StandardCharsets.UTF_8);
        // Null-terminated, a multiple of four, at least 20 bytes.
        int length = Math.max(20, (name.length / 4 + 1) * 4);
        out.writeByte(ISCSI | (initiatorPort.contains(ISID) ? PORT_FORMAT : 0)).writeByte(0);
        out.writeShort(length).writeBytes(name).writeZero(length - name.length);
    }

    /** The names in a list of TransportIDs; null when it is not one, or not of iSCSI. */
    static @Nullable List<String> readAll(ByteBuf list) {
        List<String> names = new ArrayList<>();
        while (list.isReadable()) {
            if (list.readableBytes() < HEADER) {
                return null;
            }
            int format = list.readUnsignedByte();
            list.skipBytes(1);
            int length = list.readUnsignedShort();
            if (length % 4 != 0 || length > list.readableBytes() || (format & ~PORT_FORMAT) != ISCSI) {
                return null;
            }
            String name = read(list.readSlice(length));
            if (name.isEmpty() || name.contains(ISID) != ((format & PORT_FORMAT) != 0)) {
                return null;
            }
            names.add(name);
        }
        return names;
    }

    private static String read(ByteBuf field) {
        int end = field.indexOf(field.readerIndex(), field.writerIndex(), (byte) 0);
        int length = (end < 0 ? field.writerIndex() : end) - field.readerIndex();
        return field.toString(field.readerIndex(), length, StandardCharsets.UTF_8);
    }
}
