package io.quorumd.quorum;

/**
 * What is under way on one child and nobody waits for: reads that were answered without it, writes that were acknowledged
 * without it, what timed out. It holds memory, the data to be written or to be compared with, so it must not grow with a
 * child that answers, but more slowly than it is asked.
 */
final class Backlog {

    private static final long BYTES_PER_REQUEST = 64 << 10;
    /** How many times more it takes to be {@link #isTooLong}, in requests and in bytes. */
    private static final int REQUESTS_FACTOR = 16;

    private static final long BYTES_FACTOR = 4;

    private final int limit;
    private int requests;
    private long bytes;

    /** @param limit in requests, and so many times 64 KiB in bytes */
    Backlog(int limit) {
        this.limit = limit;
    }

    void add(long length) {
        requests++;
        bytes += length;
    }

    void remove(long length) {
        requests--;
        bytes -= length;
    }

    /** Its answers come so late that it is not worth while to have it read, too. */
    boolean isLong() {
        return requests >= limit || bytes >= limit * BYTES_PER_REQUEST;
    }

    /** It must not be asked anything more. */
    boolean isTooLong() {
        return requests >= REQUESTS_FACTOR * limit || bytes >= limit * BYTES_FACTOR * BYTES_PER_REQUEST;
    }
}
