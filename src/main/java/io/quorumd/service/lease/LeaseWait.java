package io.quorumd.service.lease;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries to take a Lease until it is ours; while somebody else has it, or nobody can say, a waiting room says so. */
final class LeaseWait implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseWait.class);
    /** Of the retry period, between attempts that fail: initiators wait, so that it must not be long. */
    private static final int SLOWEST = 4;

    private final String name;
    private final LeaseClaim claim;
    private final LeaseTerms terms;
    private final Function<Supplier<String>, AutoCloseable> opensRoom;
    private volatile String reason = "";
    private @Nullable AutoCloseable room;
    private int failures;

    /** @param opensRoom given what is waited for, in words; opened when the first attempt fails */
    LeaseWait(String name, LeaseClaim claim, LeaseTerms terms, Function<Supplier<String>, AutoCloseable> opensRoom) {
        this.name = name;
        this.claim = claim;
        this.terms = terms;
        this.opensRoom = opensRoom;
    }

    void untilTaken() {
        for (Duration pause = attempt(); !pause.isZero(); pause = attempt()) {
            if (room == null) {
                room = opensRoom.apply(() -> reason);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("ended while waiting for the Lease " + name, ended);
            }
        }
    }

    /** How long to wait before the next one; zero: it is ours. */
    Duration attempt() {
        try {
            if (claim.take()) {
                return Duration.ZERO;
            }
            failures = 0;
            tell("waiting for the Lease " + name + ", which " + claim.holder() + " holds");
            Duration left = Duration.ofNanos(Math.max(1, claim.leftNanos()));
            return left.compareTo(terms.retryPeriod()) < 0 ? left : terms.retryPeriod();
        } catch (LeaseException failed) {
            tell("waiting for the Lease " + name + ": " + failed.getMessage());
            return terms.retryPeriod().multipliedBy(Math.min(1 << Math.min(failures++, SLOWEST), SLOWEST));
        }
    }

    private void tell(String now) {
        if (!now.equals(reason)) {
            LOG.warn("{}", now);
            reason = now;
        }
    }

    @Override
    public void close() {
        if (room != null) {
            try {
                room.close();
            } catch (Exception failed) {
                throw new IllegalStateException("the waiting room's port cannot be given back", failed);
            }
        }
    }
}
