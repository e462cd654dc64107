package io.quorumd.quorum;

import io.quorumd.block.Strand;
import org.jspecify.annotations.Nullable;

/**
 * Requests under way that all have the same time allowed, oldest first, as a list through the requests themselves; one
 * timer for all of them, which is set again only when it fires, so that a request costs no timer.
 */
final class Timeouts {

    private final Strand strand;
    private final long allowedNanos;
    private @Nullable Timed oldest;
    private @Nullable Timed newest;
    private boolean timerSet;

    Timeouts(Strand strand, long allowedNanos) {
        this.strand = strand;
        this.allowedNanos = allowedNanos;
    }

    void watch(Timed request) {
        request.since = strand.nanoTime();
        request.older = newest;
        if (newest == null) {
            oldest = request;
        } else {
            newest.newer = request;
        }
        newest = request;
        request.watchedBy = this;
        if (!timerSet) {
            setTimer(allowedNanos);
        }
    }

    void forget(Timed request) {
        Timed older = request.older;
        Timed newer = request.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        request.older = null;
        request.newer = null;
        request.watchedBy = null;
    }

    private void setTimer(long delay) {
        timerSet = true;
        var _ = strand.schedule(this::expire, delay);
    }

    private void expire() {
        timerSet = false;
        long now = strand.nanoTime();
        for (Timed next = oldest; next != null && now - next.since >= allowedNanos; next = oldest) {
            forget(next);
            next.timedOut();
        }
        Timed next = oldest;
        if (next != null && !timerSet) {
            setTimer(allowedNanos - (now - next.since));
        }
    }
}
