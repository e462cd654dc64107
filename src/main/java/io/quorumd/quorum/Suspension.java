package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.io.IOException;
import java.time.Duration;

/**
 * Takes a child that does not answer in time out of the device, and back in when a probe succeeds. While it is out it is
 * asked nothing, and what it misses is stale. It stays in, and everything waits for it, while the device could do nothing
 * without it.
 *
 * <p>A child that nobody has asked anything for a while is probed, too: the margin of an idle disk is to be true.
 */
final class Suspension implements ChildRequest.Owner {

    /** Requests that have not ended, beyond which a child is asked nothing more. */
    static final int LEFT_BEHIND_MAX = 128;

    private static final int PROBE_BYTES = 4096;
    private static final int IDLE_SECONDS = 5;

    private final Quorum quorum;
    private final Child child;
    private final Breaker breaker;
    private final ChildRequest probe;
    private long answeredBefore;
    private int idleSeconds;

    Suspension(Quorum quorum, Child child) {
        this.quorum = quorum;
        this.child = child;
        this.breaker = new Breaker(
                quorum.name + "/" + child.nodeName(), quorum.strand, Duration.ofNanos(quorum.times.childNanos()));
        this.probe = new ChildRequest(child, this);
    }

    String state() {
        return breaker.state();
    }

    /** A request of it ended without an answer. */
    void failed(BlockError error) {
        if (isNoAnswer(error)) {
            breaker.failed(new IOException(error.message()));
            suspendIfDue();
        }
    }

    private static boolean isNoAnswer(BlockError error) {
        return error.code() == Errno.ETIMEDOUT || error.code() == Errno.ENODEV;
    }

    private void suspendIfDue() {
        boolean tooMany = child.leftBehind() > LEFT_BEHIND_MAX;
        if ((breaker.isOpen() || tooMany)
                && child.condition().state() == ChildState.ANSWERING
                && (tooMany || quorum.roster.canDoWithout(child))) {
            quorum.roster.suspend(child, tooMany ? "too many requests have not ended" : "it did not answer in time");
        }
    }

    /** It does not keep up with what is acknowledged without it; later it may. */
    void overtaken() {
        if (child.condition().state() == ChildState.ANSWERING && quorum.roster.canDoWithout(child)) {
            breaker.open();
            quorum.roster.suspend(child, "it does not keep up");
        }
    }

    /** Once a second. */
    void tick() {
        switch (child.condition().state()) {
            case ANSWERING -> {
                if (child.answered() == answeredBefore) {
                    idle();
                } else if (mayProbe()) {
                    idleSeconds = 0;
                    answeredBefore = child.answered();
                    breaker.succeeded();
                }
            }
            case SUSPENDED -> {
                boolean caughtUp = child.leftBehind() <= LEFT_BEHIND_MAX / 2 && !child.backlog.isLong();
                if (!probe.isUnderWay() && caughtUp && mayProbe()) {
                    probe();
                }
            }
            default -> breaker.reset();
        }
    }

    private void idle() {
        if (++idleSeconds % IDLE_SECONDS != 0) {
            return;
        }
        if (!probe.isUnderWay()) {
            probe();
        } else if (probe.isAnswered()) {
            // By the timeout: it still hangs.
            failed(BlockError.of(Errno.ETIMEDOUT, "no answer in time"));
        }
    }

    private void probe() {
        probe.read(0, (int) Math.min(PROBE_BYTES, quorum.regions.size()));
    }

    private boolean mayProbe() {
        return !breaker.isOpen() || breaker.mayProbe();
    }

    /** That it failed, {@link #failed} has been told. */
    @Override
    public void answered(ChildRequest request) {
        Quorum.release(request.takeData());
        BlockError error = request.error();
        if (child.condition().state() == ChildState.SUSPENDED && (error == null || !isNoAnswer(error))) {
            breaker.succeeded();
            if (!breaker.isOpen()) {
                quorum.roster.resume(child);
            }
        }
    }

    @Override
    public void ended(ChildRequest request) {
        // It answers, if late: the next probe will tell.
    }
}
