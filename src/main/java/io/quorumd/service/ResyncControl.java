package io.quorumd.service;

import io.quorumd.quorum.QuorumDevice;
import io.quorumd.quorum.QuorumStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator asks of a volume's resync while it runs. It holds for the device that is open and those that follow it
 * in this process, after growing; a restart goes by the configuration again. Any thread but the volume's; each call waits
 * for it.
 */
final class ResyncControl {

    private static final Logger LOG = LoggerFactory.getLogger(ResyncControl.class);

    private final Supplier<QuorumDevice> device;
    private boolean paused;
    private @Nullable Long rate;

    ResyncControl(Supplier<QuorumDevice> device) {
        this.device = device;
    }

    synchronized void pause() {
        paused = true;
        onStrand(QuorumDevice::pauseResync);
        LOG.warn("volume {}: an operator has paused the resync", device.get().name());
    }

    synchronized void resume() {
        paused = false;
        onStrand(QuorumDevice::resumeResync);
        LOG.info("volume {}: an operator lets the resync go on", device.get().name());
    }

    /** @param bytesPerSecond 0: no limit */
    synchronized void rate(long bytesPerSecond) {
        rate = bytesPerSecond;
        onStrand(open -> open.resyncRate(bytesPerSecond));
    }

    /** The device is another one now. */
    synchronized void renew() {
        Long wanted = rate;
        if (wanted != null) {
            onStrand(open -> open.resyncRate(wanted));
        }
        if (paused) {
            onStrand(QuorumDevice::pauseResync);
        }
    }

    /**
     * An operator accepts a child as truth wherever too few copies are in sync for a vote.
     *
     * @throws AcceptanceException when there is no need, or the child does not answer
     */
    synchronized void accept(String child) {
        QuorumStatus status = device.get().status();
        if (status.margin() >= 0) {
            throw new AcceptanceException(
                    "Every block has copies enough for a vote: there is nothing that a child would have to decide.");
        }
        if (paused) {
            throw new AcceptanceException("The resync is paused: let it go on first.");
        }
        try {
            onStrand(open -> open.accept(child));
        } catch (CompletionException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw new AcceptanceException("It cannot be accepted: " + refused.getMessage() + ".");
            }
            throw e;
        }
        LOG.warn(
                "volume {}: where too few copies are in sync an operator has accepted child {} as truth",
                device.get().name(),
                child);
    }

    private void onStrand(Consumer<QuorumDevice> task) {
        QuorumDevice open = device.get();
        CompletableFuture.runAsync(() -> task.accept(open), open.strand()).join();
    }
}
