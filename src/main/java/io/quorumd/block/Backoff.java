package io.quorumd.block;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait before each attempt to open again what was lost: 1 s, 2 s ... 30 s. What was open for longer than the
 * longest of them begins anew, so that what comes and goes is not tried every second. Nanoseconds of one strand.
 */
public final class Backoff {

    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private long delay = FIRST_NANOS;
    private long openedAt;
    private boolean away;

    /** @param now when it was opened first */
    public Backoff(long now) {
        openedAt = now;
    }

    /** It is there again. */
    public void opened(long now) {
        openedAt = now;
        away = false;
    }

    /** The delay before the next attempt; it has been lost, or the last attempt has failed. */
    public long next(long now) {
        if (!away && now - openedAt > LONGEST_NANOS) {
            delay = FIRST_NANOS;
        }
        away = true;
        long next = delay;
        delay = Math.min(2 * delay, LONGEST_NANOS);
        return next;
    }
}
