package io.quorumd.service.lease;

import io.quorumd.block.Fence;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Lease that is ours, renewed by a thread of its own. It is lost when another has it, when it is deleted, or when the
 * renew deadline has passed since the last renewal that succeeded <em>began</em>; then the {@link #fence} is up, without
 * waiting for any thread to notice, and the process is to end.
 */
public final class HeldLease {

    private static final Logger LOG = LoggerFactory.getLogger(HeldLease.class);

    /** The process is to end within 20 s; most of them are the sessions' and the volumes'. */
    private static final Duration RELEASE_MAX = Duration.ofSeconds(2);

    private final String name;
    private final LeaseClaim claim;
    private final LeaseStore store;
    private final LeaseTerms terms;
    private final LongSupplier nanoTime;
    private final Consumer<String> onLoss;
    private final Thread renewing = new Thread(this::renewing, "lease-renewal");
    private final Thread watching = new Thread(this::watching, "lease-deadline");

    private volatile long until;
    private volatile boolean over;
    private volatile String problem = "";

    /**
     * @param claim that has just taken it
     * @param onLoss told once, in words; ends the process
     */
    HeldLease(
            String name,
            LeaseClaim claim,
            LeaseStore store,
            LeaseTerms terms,
            LongSupplier nanoTime,
            Consumer<String> onLoss) {
        this.name = name;
        this.claim = claim;
        this.store = store;
        this.terms = terms;
        this.nanoTime = nanoTime;
        this.onLoss = onLoss;
        this.until = claim.heldSince() + terms.renewDeadline().toNanos();
        renewing.setDaemon(true);
        watching.setDaemon(true);
    }

    /** Begins to renew it. */
    HeldLease keep() {
        renewing.start();
        watching.start();
        return this;
    }

    /** Up once the Lease is lost, or given back. */
    public Fence fence() {
        return this::isOver;
    }

    private boolean isOver() {
        return nanoTime.getAsLong() - until >= 0;
    }

    private void renewing() {
        while (!over) {
            if (pause(terms.retryPeriod())) {
                renew();
            }
        }
    }

    /** Not interrupted. */
    private static boolean pause(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException ended) {
            return false;
        }
    }

    /** One attempt. */
    void renew() {
        try {
            if (claim.renew()) {
                extend(claim.heldSince() + terms.renewDeadline().toNanos());
            } else {
                String holder = claim.holder();
                lose(holder.isEmpty() ? "it was deleted, or given away" : "now " + holder + " holds it");
            }
        } catch (LeaseException failed) {
            String why = String.valueOf(failed.getMessage());
            if (!over && !why.equals(problem)) {
                LOG.warn("Lease {} could not be renewed: {}", name, why);
                problem = why;
            }
        }
    }

    /** An answer that comes too late changes nothing. */
    private synchronized void extend(long later) {
        if (!isOver()) {
            until = later;
            if (!problem.isEmpty()) {
                LOG.info("Lease {} is renewed again", name);
                problem = "";
            }
        }
    }

    private void watching() {
        while (!over) {
            LockSupport.parkNanos(until - nanoTime.getAsLong());
            checkDeadline();
        }
    }

    void checkDeadline() {
        if (!over && isOver()) {
            String why = problem.isEmpty() ? "the process stood still, or the API server did not answer" : problem;
            lose("it could not be renewed for " + terms.renewDeadline().toSeconds() + " s (" + why + ")");
        }
    }

    private void lose(String why) {
        if (end()) {
            onLoss.accept("Lease " + name + " is lost: " + why);
        }
    }

    /** Whether this was the first end. */
    private synchronized boolean end() {
        boolean first = !over;
        over = true;
        if (!isOver()) {
            until = nanoTime.getAsLong();
        }
        return first;
    }

    /** Gives it back, so that the next holder need not wait for its end. Nothing may use the children any more. */
    public void release() {
        if (!end()) {
            return;
        }
        LockSupport.unpark(watching);
        renewing.interrupt();
        Thread releasing = Thread.ofPlatform().daemon().name("lease-release").start(this::giveBack);
        try {
            if (!releasing.join(RELEASE_MAX)) {
                LOG.warn("Lease {} could not be given back in time and runs out by itself", name);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        store.close();
    }

    private void giveBack() {
        try {
            claim.release();
            LOG.info("Lease {} is given back", name);
        } catch (LeaseException failed) {
            LOG.warn("Lease {} could not be given back and runs out by itself: {}", name, failed.getMessage());
        }
    }

    /** Stops renewing it: somebody of this process may still use the children, so it is left to run out. */
    public void abandon() {
        if (end()) {
            LOG.warn("Lease {} is not given back, since not everything was closed; it runs out by itself", name);
        }
    }
}
