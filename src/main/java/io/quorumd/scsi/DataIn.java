package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.Buffers;
import org.jscsi.target.scsi.ISerializable;

/** Parameter data on its way to the initiator. */
final class DataIn {

    private DataIn() {}

    /** A buffer to append to. */
    static ByteBuf buffer(int capacity) {
        return Buffers.ALLOCATOR.directBuffer(capacity);
    }

    /** A buffer of zeroes that counts as written, for data that is filled in field by field. */
    static ByteBuf zeroed(int length) {
        return buffer(length).writeZero(length);
    }

    /** jSCSI's idea of some data. It leaves reserved fields as they are, hence the zeroes. */
    static ByteBuf of(ISerializable data) {
        ByteBuf out = zeroed(data.size());
        data.serialize(out.nioBuffer(), 0);
        return out;
    }

    /** Ends the command with as much of the data as the initiator has allocated space for (SPC-5 §4.2.5.6). */
    static void reply(ScsiTask task, ByteBuf data, long allocationLength) {
        if (allocationLength == 0) {
            data.release();
            task.good();
        } else {
            task.good(data.writerIndex((int) Math.min(data.writerIndex(), allocationLength)));
        }
    }

    /** Appends text, cut or padded with blanks to a fixed width. */
    static void writePadded(ByteBuf out, String text, int width) {
        for (int i = 0; i < width; i++) {
            out.writeByte(i < text.length() ? text.charAt(i) : ' ');
        }
    }
}
