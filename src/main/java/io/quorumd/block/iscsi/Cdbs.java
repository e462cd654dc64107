package io.quorumd.block.iscsi;

import java.nio.ByteBuffer;

/** The commands we send (SPC-5 §6, SBC-4 §5), as 16 bytes. */
final class Cdbs {

    static final int CAPACITY_LENGTH = 32;
    static final int RESERVATION_LENGTH = 24;

    static final int READ_RESERVATION = 0x01;

    static final int REGISTER = 0x00;
    static final int RESERVE = 0x01;
    static final int PREEMPT = 0x04;
    static final int PREEMPT_AND_ABORT = 0x05;
    static final int REGISTER_AND_IGNORE_EXISTING_KEY = 0x06;

    private static final int LENGTH = 16;
    private static final int SERVICE_ACTION_READ_CAPACITY = 0x10;
    private static final int FUA = 0x08;
    private static final int UNMAP = 0x08;
    private static final int NO_BLOCK_DESCRIPTORS = 0x08;
    private static final int CACHING_PAGE = 0x08;

    private Cdbs() {}

    static byte[] testUnitReady() {
        return new byte[LENGTH];
    }

    static byte[] inquiry(int atMost) {
        return cdb(0x12).putShort(3, (short) atMost).array();
    }

    static byte[] vpd(int page, int atMost) {
        return cdb(0x12)
                .put(1, (byte) 1)
                .put(2, (byte) page)
                .putShort(3, (short) atMost)
                .array();
    }

    /** READ CAPACITY(16). */
    static byte[] readCapacity() {
        return cdb(0x9E)
                .put(1, (byte) SERVICE_ACTION_READ_CAPACITY)
                .putInt(10, CAPACITY_LENGTH)
                .array();
    }

    /** MODE SENSE(6) of the Caching page; its header is what we are after. */
    static byte[] modeSense(int atMost) {
        return cdb(0x1A)
                .put(1, (byte) NO_BLOCK_DESCRIPTORS)
                .put(2, (byte) CACHING_PAGE)
                .put(4, (byte) atMost)
                .array();
    }

    /** READ(16); address and length in blocks. */
    static byte[] read(long lba, int blocks) {
        return cdb(0x88).putLong(2, lba).putInt(10, blocks).array();
    }

    /** WRITE(16). */
    static byte[] write(long lba, int blocks, boolean fua) {
        return cdb(0x8A)
                .put(1, (byte) (fua ? FUA : 0))
                .putLong(2, lba)
                .putInt(10, blocks)
                .array();
    }

    /** WRITE SAME(16); its data is one block. */
    static byte[] writeSame(long lba, int blocks, boolean unmap) {
        return cdb(0x93)
                .put(1, (byte) (unmap ? UNMAP : 0))
                .putLong(2, lba)
                .putInt(10, blocks)
                .array();
    }

    /** SYNCHRONIZE CACHE(16), or (10), of everything. */
    static byte[] synchronizeCache(boolean sixteen) {
        return cdb(sixteen ? 0x91 : 0x35).array();
    }

    /** PERSISTENT RESERVE IN. */
    static byte[] reserveIn(int action, int atMost) {
        return cdb(0x5E).put(1, (byte) action).putShort(7, (short) atMost).array();
    }

    /** PERSISTENT RESERVE OUT; scope LU. */
    static byte[] reserveOut(int action, int type, int parameterLength) {
        return cdb(0x5F)
                .put(1, (byte) action)
                .put(2, (byte) type)
                .putInt(5, parameterLength)
                .array();
    }

    private static ByteBuffer cdb(int opcode) {
        return ByteBuffer.allocate(LENGTH).put(0, (byte) opcode);
    }
}
