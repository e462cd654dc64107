package io.quorumd.iscsi;

import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds initiators that are gone without a word: after an interval of silence a NOP-In asks, after a further one without
 * anything arriving the connection is dropped. A discovery session is not asked, only dropped. On the event loop.
 */
final class Keepalive {

    private final IscsiConnection connection;
    private final Responses responses;
    private final boolean discovery;
    private final long intervalNanos;
    private final long timeoutNanos;
    private boolean heard;
    private boolean asked;
    private int lastTag;
    private @Nullable ScheduledFuture<?> timer;

    Keepalive(IscsiConnection connection, Responses responses, boolean discovery, IscsiLimits limits) {
        this.connection = connection;
        this.responses = responses;
        this.discovery = discovery;
        this.intervalNanos = limits.pingInterval().toNanos();
        this.timeoutNanos = limits.pingTimeout().toNanos();
    }

    void start() {
        schedule(intervalNanos);
    }

    /** Bytes have arrived. */
    void heard() {
        heard = true;
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void schedule(long nanos) {
        timer = connection.loop().schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        if (heard) {
            heard = false;
            asked = false;
            schedule(intervalNanos);
        } else if (asked) {
            connection.close("no answer to a ping");
        } else {
            asked = true;
            if (!discovery) {
                lastTag = lastTag + 1 & 0x7fffffff;
                responses.ping(lastTag);
                connection.scheduleFlush();
            }
            schedule(timeoutNanos);
        }
    }
}
