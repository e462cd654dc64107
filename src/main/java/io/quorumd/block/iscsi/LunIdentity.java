package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** By what a LUN is recognised when it comes back (SPC-5 §7.7.6, §7.7.19). */
final class LunIdentity {

    private static final int HEADER = 4;
    private static final int LOGICAL_UNIT = 0;
    private static final int NAA = 3;
    private static final int EUI_64 = 2;
    private static final int VENDOR_ID = 1;

    private LunIdentity() {}

    /** Of the Device Identification page: the best designator of the unit itself; empty where there is none. */
    static String ofDesignators(ByteBuf page) {
        int best = 0;
        String identity = "";
        int end = page.writerIndex();
        for (int at = page.readerIndex() + HEADER; at + HEADER <= end; ) {
            int length = page.getUnsignedByte(at + 3);
            if (length > end - at - HEADER) {
                break;
            }
            int association = page.getByte(at + 1) >> 4 & 3;
            int type = page.getByte(at + 1) & 0xf;
            boolean known = type == NAA || type == EUI_64 || type == VENDOR_ID;
            if (association == LOGICAL_UNIT && known && type > best) {
                best = type;
                identity = type + ":" + ByteBufUtil.hexDump(page, at + HEADER, length);
            }
            at += HEADER + length;
        }
        return identity;
    }

    /** Of the Unit Serial Number page. */
    static String ofSerialNumber(ByteBuf page) {
        return page.readableBytes() <= HEADER
                ? ""
                : ByteBufUtil.hexDump(page, page.readerIndex() + HEADER, page.readableBytes() - HEADER);
    }
}
