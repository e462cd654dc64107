package io.quorumd.quorum.sim;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.quorum.Bookkeeping;
import io.quorumd.quorum.ChildSpec;
import io.quorumd.quorum.QuorumDevice;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.quorum.state.VolumeWish;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process that serves the volume, and the disk its state is on. Lives several times. */
final class SimHost {

    private static final long SLOWEST_SYNC_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final SimPlan plan;
    private final List<SimChild> children;
    private final SimStrand strand;
    private final Random random;
    private final Story story;
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    SimStorage storage = new SimStorage();
    private @Nullable VolumeState state;
    private @Nullable QuorumDevice device;

    SimHost(SimPlan plan, List<SimChild> children, SimStrand strand, Random random, Story story) {
        this.plan = plan;
        this.children = children;
        this.strand = strand;
        this.random = random;
        this.story = story;
    }

    /** Starts the process; {@link #device} is there some steps later. */
    void boot() {
        device = null;
        VolumeWish wish = new VolumeWish(
                "disk0",
                Simulation.SECTORS * SimChild.SECTOR,
                512,
                plan.options().regionSize(),
                plan.options().voteThreshold(),
                "");
        List<ChildFound> found = children.stream().map(SimChild::found).toList();
        VolumeState started = new StateDirectory(storage, () -> {}, strand.worker(SLOWEST_SYNC_NANOS), random)
                .start(wish, found, strand);
        state = started;
        story.tell(
                strand.nanoTime(),
                "== started, " + (started.stoppedCleanly() ? "clean" : "unclean") + ", " + started.verdicts()
                        + ", unsettled " + started.intent().unsettled().count() + " " + started.notes());
        List<ChildSpec> specs = children.stream()
                .map(child -> new ChildSpec(child.name, "sim:" + child.name, child.opener(), () -> child.place))
                .toList();
        strand.execute(() -> QuorumDevice.open(
                "q",
                plan.options(),
                specs,
                Bookkeeping.in(started),
                strand,
                allocator,
                event -> story.tell(strand.nanoTime(), "   " + event),
                (opened, error) -> {
                    if (opened == null) {
                        throw new AssertionError("did not open: " + error);
                    }
                    device = opened;
                }));
    }

    boolean isUp() {
        return device != null;
    }

    QuorumDevice device() {
        return Objects.requireNonNull(device);
    }

    VolumeState state() {
        return Objects.requireNonNull(state);
    }

    /** What an operator may want at any time. Called on the strand. */
    void orderResync(int order) {
        switch (order) {
            case 0 -> {
                story.tell(strand.nanoTime(), "** an operator pauses the resync");
                device().pauseResync();
            }
            case 1 -> {
                story.tell(strand.nanoTime(), "** an operator slows the resync down");
                device().resyncRate(64 << 10);
            }
            default -> hurryResync();
        }
    }

    /** Nobody holds the resync up. Called on the strand. */
    void hurryResync() {
        story.tell(strand.nanoTime(), "** an operator lets the resync go on");
        device().resyncRate(0);
        device().resumeResync();
    }

    /** Stops in good order; {@link #isUp} is false when that is done. */
    void stop() {
        story.tell(strand.nanoTime(), "== is to stop");
        strand.execute(() -> device().close(failed -> {
            story.tell(strand.nanoTime(), "== stopped" + (failed == null ? "" : ", " + failed));
            state().close(failed == null, error -> stopped(failed, error));
        }));
    }

    private void stopped(@Nullable BlockError failed, @Nullable BlockError notClosed) {
        if (failed == null && notClosed != null) {
            throw new AssertionError("the state was not closed: " + notClosed);
        }
        device = null;
    }

    /** Ends at once, whatever was going on. */
    void die(SimPlan.End how) {
        boolean powerLost = how == SimPlan.End.POWER || how == SimPlan.End.HOST_POWER;
        storage = powerLost || storage.isDead() ? storage.afterPowerLoss(random) : storage.copy();
        strand.forgetEverything();
        for (SimChild child : children) {
            child.processDied();
            if (how == SimPlan.End.POWER) {
                child.losePower();
            }
        }
        device = null;
    }
}
