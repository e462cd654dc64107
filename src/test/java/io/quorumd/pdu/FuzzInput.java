package io.quorumd.pdu;

import java.util.Arrays;

/** The bytes of a fuzzer, taken one by one: each makes a choice or becomes data; zeroes when they are used up. */
public final class FuzzInput {

    private final byte[] bytes;
    private int at;

    public FuzzInput(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isEmpty() {
        return at >= bytes.length;
    }

    /** 0 to 255. */
    public int next() {
        return isEmpty() ? 0 : bytes[at++] & 0xff;
    }

    public boolean bit(int of, int number) {
        return (of >> number & 1) != 0;
    }

    /** As many as there still are of the wanted. */
    public byte[] take(int length) {
        int end = Math.min(bytes.length, at + length);
        byte[] taken = Arrays.copyOfRange(bytes, Math.min(at, bytes.length), end);
        at = end;
        return taken;
    }

    /** Exactly so many, zeroes behind the last. */
    public byte[] fill(int length) {
        return Arrays.copyOf(take(length), length);
    }

    public byte[] rest() {
        return take(bytes.length);
    }
}
