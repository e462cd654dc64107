package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** An image of any length in which only what was written takes space; the rest reads as zeroes. */
final class SparseBytes {

    private static final int PAGE = 4 * 1024;

    private final Map<Long, byte[]> pages = new HashMap<>();

    void read(long offset, ByteBuf into, int length) {
        for (int at = 0; at < length; ) {
            int inPage = (int) ((offset + at) % PAGE);
            int step = Math.min(PAGE - inPage, length - at);
            byte[] page = pages.get((offset + at) / PAGE);
            if (page == null) {
                into.writeZero(step);
            } else {
                into.writeBytes(page, inPage, step);
            }
            at += step;
        }
    }

    void write(long offset, ByteBuf from) {
        int length = from.readableBytes();
        for (int at = 0; at < length; ) {
            int inPage = (int) ((offset + at) % PAGE);
            int step = Math.min(PAGE - inPage, length - at);
            from.getBytes(from.readerIndex() + at, page(offset + at), inPage, step);
            at += step;
        }
    }

    void zero(long offset, long length) {
        for (long at = 0; at < length; ) {
            int inPage = (int) ((offset + at) % PAGE);
            int step = (int) Math.min(PAGE - inPage, length - at);
            if (step == PAGE) {
                pages.remove((offset + at) / PAGE);
            } else if (pages.containsKey((offset + at) / PAGE)) {
                Arrays.fill(page(offset + at), inPage, inPage + step, (byte) 0);
            }
            at += step;
        }
    }

    void copyFrom(SparseBytes other, long offset, long length) {
        for (long at = 0; at < length; ) {
            int inPage = (int) ((offset + at) % PAGE);
            int step = (int) Math.min(PAGE - inPage, length - at);
            byte[] page = other.pages.get((offset + at) / PAGE);
            if (page == null) {
                zero(offset + at, step);
            } else {
                System.arraycopy(page, inPage, page(offset + at), inPage, step);
            }
            at += step;
        }
    }

    void flip(long offset, long length) {
        for (long at = offset; at < offset + length; at++) {
            page(at)[(int) (at % PAGE)] ^= (byte) 0xA5;
        }
    }

    /** Bytes of data at {@code offset}, or negated bytes of a hole, at most {@code length}. */
    long extent(long offset, long length) {
        boolean data = pages.containsKey(offset / PAGE);
        long at = offset;
        while (at < offset + length && pages.containsKey(at / PAGE) == data) {
            at += PAGE - at % PAGE;
        }
        long extent = Math.min(length, at - offset);
        return data ? extent : -extent;
    }

    private byte[] page(long offset) {
        return pages.computeIfAbsent(offset / PAGE, k -> new byte[PAGE]);
    }
}
