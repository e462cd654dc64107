package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a LUN says of itself, gathered while it is opened; absent pages leave what is safe without them. Not
 * thread-safe. Numbers from the wire are checked before they are believed.
 */
final class LunFacts {

    private static final int BLOCK_MIN = 512;
    private static final int BLOCK_MAX = 4096;
    private static final int PHYSICAL_MAX = 64 << 10;

    /** What one command may move, whatever the LUN allows: others get a turn. */
    private static final int TRANSFER_MAX = 1 << 20;

    /** Blocks of a WRITE SAME where the LUN names no limit: what a short count could always say. */
    private static final long WRITE_SAME_UNLIMITED = 0xffff;

    private static final long WRITE_SAME_BYTES_MAX = 64L << 20;

    private long size;
    private int block = BLOCK_MIN;
    private int physicalBlock = BLOCK_MIN;
    private long maximumTransferBlocks;
    private long maximumWriteSameBlocks;
    private boolean provisioned;
    private boolean unmappedReadsZeroes;
    private boolean writeSameUnmaps;
    private boolean fua;
    private String identity = "";

    /**
     * Takes the answer to READ CAPACITY(16) (SBC-4 §5.20.2).
     *
     * @return what is wrong, or null
     */
    @Nullable
    String capacity(ByteBuf data) {
        if (data.readableBytes() < 12) {
            return "answers READ CAPACITY(16) with " + data.readableBytes() + " bytes";
        }
        long bytes = bytes(data);
        block = data.getInt(data.readerIndex() + 8);
        if (block < BLOCK_MIN || block > BLOCK_MAX || Integer.bitCount(block) != 1) {
            return "has blocks of " + (block & 0xffffffffL) + " bytes; 512, 1024, 2048 or 4096 are supported";
        }
        if (bytes <= 0) {
            return "is larger than 8 EiB";
        }
        size = bytes;
        int exponent = data.readableBytes() < 16 ? 0 : data.getByte(data.readerIndex() + 13) & 0xf;
        int flags = data.readableBytes() < 16 ? 0 : data.getUnsignedShort(data.readerIndex() + 14);
        provisioned = (flags & 0x8000) != 0;
        unmappedReadsZeroes = (flags & 0x4000) != 0;
        boolean aligned = (flags & 0x3fff) == 0;
        physicalBlock = aligned && (long) block << exponent <= PHYSICAL_MAX ? block << exponent : block;
        return null;
    }

    /** The size in an answer to READ CAPACITY(16), in bytes; not positive where it exceeds what we can count. */
    static long bytes(ByteBuf data) {
        if (data.readableBytes() < 12) {
            return -1;
        }
        long last = data.getLong(data.readerIndex());
        long block = data.getUnsignedInt(data.readerIndex() + 8);
        boolean countable = last >= 0 && block > 0 && last < Long.MAX_VALUE / block - 1;
        return countable ? (last + 1) * block : -1;
    }

    /** Takes the Block Limits page (SBC-4 §6.6.4). */
    void blockLimits(ByteBuf page) {
        int at = page.readerIndex();
        if (page.readableBytes() >= 12) {
            maximumTransferBlocks = page.getUnsignedInt(at + 8);
        }
        if (page.readableBytes() >= 44) {
            maximumWriteSameBlocks = Math.max(0, page.getLong(at + 36));
        }
    }

    /** Takes the Logical Block Provisioning page (SBC-4 §6.6.7). */
    void provisioning(ByteBuf page) {
        writeSameUnmaps = page.readableBytes() >= 6 && (page.getByte(page.readerIndex() + 5) & 0x40) != 0;
    }

    /** @param to whether WRITE's FUA bit means something */
    void fua(boolean to) {
        fua = to;
    }

    /** Who the LUN is: a designator or serial number, as text; empty where it does not tell. */
    void identity(String text) {
        identity = text;
    }

    String identity() {
        return identity;
    }

    long size() {
        return size;
    }

    int block() {
        return block;
    }

    int physicalBlock() {
        return physicalBlock;
    }

    boolean fua() {
        return fua;
    }

    int maximumTransfer() {
        long blocks = TRANSFER_MAX / block;
        return (int) (maximumTransferBlocks == 0 ? blocks : Math.min(blocks, maximumTransferBlocks)) * block;
    }

    /** Whether WRITE SAME with UNMAP gives space back, and what it covers reads as zeroes afterwards (SBC-4 §4.7.3). */
    boolean canUnmap() {
        return provisioned && unmappedReadsZeroes && writeSameUnmaps;
    }

    /** Bytes of one WRITE SAME; 0 where nothing says that there is one. */
    long maximumWriteSame() {
        if (maximumWriteSameBlocks == 0 && !canUnmap()) {
            return 0;
        }
        long blocks = maximumWriteSameBlocks == 0 ? WRITE_SAME_UNLIMITED : maximumWriteSameBlocks;
        return Math.min(blocks, WRITE_SAME_BYTES_MAX / block) * block;
    }
}
