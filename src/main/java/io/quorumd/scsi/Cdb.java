package io.quorumd.scsi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Fields of a command descriptor block, read where they stand; unsigned, big-endian. */
final class Cdb {

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Cdb() {}

    static int u8(byte[] cdb, int at) {
        return cdb[at] & 0xFF;
    }

    static int u16(byte[] cdb, int at) {
        return (short) SHORT.get(cdb, at) & 0xFFFF;
    }

    static long u32(byte[] cdb, int at) {
        return (int) INT.get(cdb, at) & 0xFFFFFFFFL;
    }

    /** Eight bytes; values from 2^63 on come out negative. */
    static long u64(byte[] cdb, int at) {
        return (long) LONG.get(cdb, at);
    }

    static boolean bit(byte[] cdb, int at, int bit) {
        return ((cdb[at] >> bit) & 1) != 0;
    }

    /** SERVICE ACTION of the commands that have one. */
    static int serviceAction(byte[] cdb) {
        return cdb[1] & 0x1F;
    }
}
