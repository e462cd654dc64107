package io.quorumd.pdu;

/**
 * How the length a command moved differs from what the initiator expected (RFC 7143 §11.4.5). A holder that is used
 * again, one per connection.
 */
public final class Residual {

    private static final int OVERFLOW = 0x04;
    private static final int UNDERFLOW = 0x02;

    private int flag;
    private int count;

    /** @param actual and {@code expected} in bytes, 0 to 2^32-1 */
    public Residual set(long expected, long actual) {
        long difference = actual - expected;
        flag = difference > 0 ? OVERFLOW : difference < 0 ? UNDERFLOW : 0;
        count = (int) Math.min(Math.abs(difference), 0xffffffffL);
        return this;
    }

    /** The O or the U bit, at its place in byte 1, or 0. */
    public int flag() {
        return flag;
    }

    public int count() {
        return count;
    }
}
