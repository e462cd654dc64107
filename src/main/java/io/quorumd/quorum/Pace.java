package io.quorumd.quorum;

/** How fast background work goes on: within its rate, and giving way to foreground requests. Pure. */
final class Pace {

    /** While there are foreground requests, the share of time is one in this many. */
    private static final int FOREGROUND_SHARE = 4;

    private static final double NANOS_PER_SECOND = 1e9;

    private Pace() {}

    /**
     * @param bytes of the step that has ended, and how long it took
     * @param busy whether there were foreground requests since the step before
     * @param rate bytes per second, 0: no limit
     * @return nanoseconds to wait before the next step
     */
    static long delay(long bytes, long tookNanos, boolean busy, long rate) {
        long forRate = rate == 0 ? 0 : (long) (bytes * NANOS_PER_SECOND / rate) - tookNanos;
        long forForeground = busy ? (FOREGROUND_SHARE - 1) * tookNanos : 0;
        return Math.max(0, Math.max(forRate, forForeground));
    }
}
