package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Vital product data (SPC-5 §7.7, SBC-4 §6.6). */
final class VpdPages {

    private static final int SUPPORTED = 0x00;
    private static final int SERIAL_NUMBER = 0x80;
    private static final int DEVICE_IDENTIFICATION = 0x83;
    private static final int THIRD_PARTY_COPY = 0x8F;
    private static final int BLOCK_LIMITS = 0xB0;
    private static final int BLOCK_CHARACTERISTICS = 0xB1;
    private static final int PROVISIONING = 0xB2;

    private static final int[] ALL = {
        SUPPORTED,
        SERIAL_NUMBER,
        DEVICE_IDENTIFICATION,
        THIRD_PARTY_COPY,
        BLOCK_LIMITS,
        BLOCK_CHARACTERISTICS,
        PROVISIONING
    };

    private static final int HEADER = 4;
    private static final int MAX_UNMAP_DESCRIPTORS = Unmap.MAX_DESCRIPTORS;
    private static final int OPTIMAL_TRANSFER_BYTES = 1 << 20;
    private static final int WSNZ = 0x01;
    private static final int UGAVALID = 0x80000000;
    private static final int NON_ROTATING = 0x0001;
    /** LBPU, LBPWS, LBPWS10, and LBPRZ 001b: what is unmapped reads as zeroes. */
    private static final int UNMAPPING = 0x80 | 0x40 | 0x20 | 0x04;

    private static final int THIN = 0x02;

    private VpdPages() {}

    static boolean has(int page) {
        for (int known : ALL) {
            if (known == page) {
                return true;
            }
        }
        return false;
    }

    /** A page that {@link #has} knows, for the port and LUN that {@code task} came through. */
    static ByteBuf page(int code, Disk disk, ScsiTask task) {
        ByteBuf page = DataIn.buffer(64).writeByte(0).writeByte(code).writeShort(0);
        switch (code) {
            case SERIAL_NUMBER -> ByteBufUtil.writeAscii(page, disk.identity().serial());
            case DEVICE_IDENTIFICATION ->
                Designators.write(
                        page,
                        disk.identity(),
                        task.execution().nexus().lun().map().targetName(),
                        task.nexus());
            case THIRD_PARTY_COPY -> CopyLimits.write(page);
            case BLOCK_LIMITS -> blockLimits(page, disk);
            case BLOCK_CHARACTERISTICS -> page.writeShort(NON_ROTATING).writeZero(58);
            case PROVISIONING ->
                page.writeByte(0).writeByte(UNMAPPING).writeByte(THIN).writeByte(0);
            default -> supported(page);
        }
        return page.setShort(2, page.writerIndex() - HEADER);
    }

    private static void supported(ByteBuf page) {
        for (int known : ALL) {
            page.writeByte(known);
        }
    }

    private static void blockLimits(ByteBuf page, Disk disk) {
        int physical = disk.blocksPerPhysicalBlock();
        page.writeByte(WSNZ);
        page.writeByte(CompareAndWrite.MAX_BLOCKS);
        page.writeShort(physical); // OPTIMAL TRANSFER LENGTH GRANULARITY
        page.writeInt((int) disk.maxTransferBlocks());
        page.writeInt(OPTIMAL_TRANSFER_BYTES / disk.blockSize());
        page.writeInt(0); // MAXIMUM PREFETCH LENGTH: no limit
        page.writeInt((int) disk.maxUnmapBlocks()); // MAXIMUM UNMAP LBA COUNT
        page.writeInt(MAX_UNMAP_DESCRIPTORS);
        page.writeInt(disk.unmapGranularity());
        page.writeInt(UGAVALID); // alignment 0
        page.writeLong(disk.maxWriteSameBlocks()); // MAXIMUM WRITE SAME LENGTH
        page.writeZero(20);
    }
}
