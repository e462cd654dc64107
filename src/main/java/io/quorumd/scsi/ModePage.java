package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import java.util.HexFormat;

/** One mode page as its bytes: what they are, were at the start, and which bits an initiator may change. */
final class ModePage {

    /** PAGE CONTROL of MODE SENSE (SPC-5 table 174). Saved values do not exist. */
    enum Values {
        CURRENT,
        CHANGEABLE,
        DEFAULT
    }

    private static final int HEADER = 2;
    private static final int CODE = 0x3F;

    private final byte[] defaults;
    private final byte[] changeable;
    private final byte[] current;

    /** @param defaults the page as it is sent, in hexadecimal; {@code changeable} a mask for it */
    ModePage(String defaults, String changeable) {
        this.defaults = HexFormat.of().parseHex(defaults.replace(" ", ""));
        this.changeable = HexFormat.of().parseHex(changeable.replace(" ", ""));
        this.current = this.defaults.clone();
    }

    /** A page that no initiator may change. */
    static ModePage fixed(String defaults) {
        return new ModePage(defaults, "00".repeat(defaults.replace(" ", "").length() / 2));
    }

    int code() {
        return defaults[0] & CODE;
    }

    int current(int at) {
        return current[at] & 0xFF;
    }

    /** Bytes, with the header. */
    int length() {
        return defaults.length;
    }

    /** The first byte of a page at {@code at} that would change what may not change, or -1. */
    int firstUnchangeable(ByteBuf list, int at) {
        for (int i = HEADER; i < current.length; i++) {
            if (((list.getByte(at + i) ^ current[i]) & ~changeable[i]) != 0) {
                return i;
            }
        }
        return -1;
    }

    /** Takes over a page; false when nothing is different. */
    boolean change(ByteBuf list, int at) {
        boolean changed = false;
        for (int i = HEADER; i < current.length; i++) {
            byte value = list.getByte(at + i);
            changed |= value != current[i];
            current[i] = value;
        }
        return changed;
    }

    void write(ByteBuf out, Values values) {
        out.writeBytes(defaults, 0, HEADER);
        byte[] from = switch (values) {
            case CURRENT -> current;
            case CHANGEABLE -> changeable;
            case DEFAULT -> defaults;
        };
        out.writeBytes(from, HEADER, from.length - HEADER);
    }

    void reset() {
        System.arraycopy(defaults, 0, current, 0, defaults.length);
    }
}
