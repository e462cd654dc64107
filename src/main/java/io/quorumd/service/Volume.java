package io.quorumd.service;

import io.quorumd.block.BlockError;
import io.quorumd.block.ReplaceableDevice;
import io.quorumd.quorum.QuorumDevice;
import io.quorumd.quorum.QuorumOptions;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.state.DivergenceJournal;
import io.quorumd.scsi.Disk;
import io.quorumd.scsi.DiskIdentity;
import io.quorumd.service.config.VolumeProperties;
import io.quorumd.service.metrics.MeasuredDevice;
import io.quorumd.service.metrics.VolumeMetrics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * An open volume. It is opened when the bean is made, so that what is wrong with it stops the start; it closes, flushing
 * every child, in a phase of the stop: after {@link IscsiLifecycle}, at the same time as all other volumes.
 */
final class Volume implements SmartLifecycle, AutoCloseable {

    /** Stopped after {@link IscsiLifecycle} and before the HTTP server. */
    static final int PHASE = Integer.MAX_VALUE - 512;

    private static final int CLOSE_SECONDS_MAX = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Volume.class);

    private volatile VolumeParts parts;
    private final VolumeGrowth growth;
    private final ReplaceableDevice device;
    private final Disk disk;
    private final VolumeMetrics metrics;
    private final @Nullable ResyncControl resync;
    private volatile OpenVolume open;
    private boolean running = true;

    Volume(VolumeParts parts, OpenVolume open, VolumeGrowth growth) {
        this.parts = parts;
        this.open = open;
        this.growth = growth;
        this.device = new ReplaceableDevice(open.device());
        this.disk = new Disk(
                new MeasuredDevice(device, parts.times().volume()),
                new DiskIdentity(
                        open.state().identity().wwn(), open.state().identity().serial()),
                open.state().blockSize(),
                parts.properties().writeCache(),
                new KeptReservations(() -> this.open.state().reservations()));
        this.resync = open.device() instanceof QuorumDevice
                ? new ResyncControl(() -> (QuorumDevice) this.open.device())
                : null;
        this.metrics = new VolumeMetrics(parts.properties().name(), this::status, parts.times());
    }

    String name() {
        return parts.properties().name();
    }

    /** What LUNs show of it. */
    Disk disk() {
        return disk;
    }

    /** Takes it back into service after blkverify has taken it out. */
    void online() {
        if (open.device() instanceof QuorumDevice quorum) {
            device.strand().execute(quorum::online);
        }
    }

    /**
     * Makes it longer. Blocking: commands wait meanwhile.
     *
     * @param size bytes
     * @throws GrowthException when it cannot be; then it is as it was
     */
    synchronized void grow(long size) {
        if (!running) {
            throw new GrowthException("It is closed.");
        }
        growth.check(parts, open, size);
        running = false;
        open = growth.grow(parts, open, device, size);
        if (resync != null) {
            resync.renew();
        }
        running = true;
        if (open.device().size() != size) {
            throw new GrowthException(String.join(" ", open.state().notes()));
        }
    }

    /**
     * Votes in another way, until the service restarts. Blocking: requests that are under way end first.
     *
     * @param threshold null: as it is
     * @param pattern null: as it is
     * @throws io.quorumd.service.config.ConfigurationException when no configuration could say so
     * @throws VoteException when it cannot be as things are; then it is as it was
     */
    synchronized void vote(@Nullable Integer threshold, @Nullable ReadPattern pattern) {
        if (!(open.device() instanceof QuorumDevice quorum)) {
            throw new VoteException("A plain volume has one copy, and no vote.");
        }
        VolumeProperties now = parts.properties();
        VolumeProperties changed = now.voting(
                threshold == null ? now.voteThreshold() : threshold, pattern == null ? now.readPattern() : pattern);
        QuorumOptions options = quorum.options().voting(changed.threshold(), changed.readPattern(), changed.rewrites());
        CompletableFuture<Optional<BlockError>> voted = new CompletableFuture<>();
        device.strand().execute(() -> quorum.vote(options, error -> voted.complete(Optional.ofNullable(error))));
        voted.join().ifPresent(error -> {
            throw new VoteException("It stays as it is: " + error.message() + ".");
        });
        parts = parts.with(changed);
        LOG.warn(
                "volume {}: an operator has set the vote until a restart: read-pattern {}, {}",
                name(),
                options.readPattern().name().toLowerCase(Locale.ROOT),
                status().guarantee());
    }

    /** Nothing of a plain volume, whose one copy is never stale. */
    Optional<ResyncControl> resync() {
        return Optional.ofNullable(resync);
    }

    DivergenceJournal journal() {
        return open.state().journal();
    }

    VolumeMetrics metrics() {
        return metrics;
    }

    QuorumStatus status() {
        return open.status().get();
    }

    /** As JSON; the vote and the resync's rate are those in force. */
    Map<String, Object> options() {
        OpenVolume now = open;
        Map<String, Object> options = new LinkedHashMap<>(now.options());
        if (now.device() instanceof QuorumDevice quorum) {
            options.putAll(quorum.options().effective());
            options.put("resync-rate", quorum.resyncRate());
        }
        return options;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public void start() {
        // Opened when it was made.
    }

    @Override
    public synchronized void stop(Runnable done) {
        if (!running) {
            done.run();
            return;
        }
        running = false;
        open.close(error -> closed(error, done));
    }

    private void closed(@Nullable BlockError error, Runnable done) {
        if (error == null) {
            LOG.info("volume {} is closed", name());
        } else {
            LOG.error("volume {} did not close cleanly: {}", name(), error.message());
        }
        done.run();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    /** For a start that fails after this volume was opened; otherwise it is closed already. */
    @Override
    public void close() {
        CountDownLatch closed = new CountDownLatch(1);
        stop(closed::countDown);
        try {
            if (!closed.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.error("volume {} did not close within {} s", name(), CLOSE_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
