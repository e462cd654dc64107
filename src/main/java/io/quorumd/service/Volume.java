package io.quorumd.service;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.quorum.QuorumDevice;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.state.DivergenceJournal;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.scsi.Disk;
import io.quorumd.scsi.DiskIdentity;
import io.quorumd.service.config.VolumeProperties;
import io.quorumd.service.metrics.MeasuredDevice;
import io.quorumd.service.metrics.VolumeMetrics;
import io.quorumd.service.metrics.VolumeTimes;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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

    private final VolumeProperties properties;
    private final BlockDevice device;
    private final VolumeState state;
    private final Disk disk;
    private final VolumeMetrics metrics;
    private final Supplier<QuorumStatus> status;
    private final Map<String, Object> options;
    private boolean running = true;

    /**
     * @param status called from any thread
     * @param options the effective options, as JSON
     */
    Volume(
            VolumeProperties properties,
            BlockDevice device,
            VolumeState state,
            Supplier<QuorumStatus> status,
            VolumeTimes times,
            Map<String, Object> options) {
        this.properties = properties;
        this.device = device;
        this.state = state;
        this.disk = new Disk(
                new MeasuredDevice(device, times.volume()),
                new DiskIdentity(state.identity().wwn(), state.identity().serial()),
                state.blockSize(),
                properties.writeCache(),
                new KeptReservations(state.reservations()));
        this.status = status;
        this.metrics = new VolumeMetrics(properties.name(), status, times);
        this.options = options;
    }

    String name() {
        return properties.name();
    }

    /** What LUNs show of it. */
    Disk disk() {
        return disk;
    }

    /** Takes it back into service after blkverify has taken it out. */
    void online() {
        if (device instanceof QuorumDevice quorum) {
            device.strand().execute(quorum::online);
        }
    }

    DivergenceJournal journal() {
        return state.journal();
    }

    VolumeMetrics metrics() {
        return metrics;
    }

    QuorumStatus status() {
        return status.get();
    }

    Map<String, Object> options() {
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
        device.strand()
                .execute(() -> device.flush(flushed -> device.close(closed -> {
                    BlockError failed = flushed != null ? flushed : closed;
                    state.close(failed == null, unwritten -> closed(failed != null ? failed : unwritten, done));
                })));
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
