package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Compares what children answered: by the vectorised mismatch of the JDK, without an object per compare. */
final class Contents {

    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Contents() {}

    /** Whether two direct buffers have the same bytes at their indices. */
    static boolean equal(ByteBuf a, int indexA, ByteBuf b, int indexB, int length) {
        return mismatch(a, indexA, b, indexB, length) < 0;
    }

    /** Whether all that can be read of a direct buffer is zeroes. */
    static boolean isZero(ByteBuf data) {
        int from = data.readerIndex();
        int length = data.readableBytes();
        return length == 0 || (data.getByte(from) == 0 && equal(data, from, data, from + 1, length - 1));
    }

    /** The distance to the first byte that differs, or -1. */
    static long mismatch(ByteBuf a, int indexA, ByteBuf b, int indexB, int length) {
        if (a.hasMemoryAddress() && b.hasMemoryAddress()) {
            long atA = a.memoryAddress() + indexA;
            long atB = b.memoryAddress() + indexB;
            return MemorySegment.mismatch(MEMORY, atA, atA + length, MEMORY, atB, atB + length);
        }
        return a.nioBuffer(indexA, length).mismatch(b.nioBuffer(indexB, length));
    }

    /** SHA-256 of {@code length} bytes. */
    static byte[] digest(ByteBuf data, int index, int length) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(data.nioBuffer(index, length));
            return sha.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
