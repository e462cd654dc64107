package io.quorumd.service;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Buffers;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.Fence;
import io.quorumd.block.ReopeningDevice;
import io.quorumd.block.file.FileThreads;
import io.quorumd.pdu.EventLoops;
import io.quorumd.quorum.Bookkeeping;
import io.quorumd.quorum.ChildOpener;
import io.quorumd.quorum.QuorumDevice;
import io.quorumd.quorum.QuorumEvent;
import io.quorumd.quorum.QuorumListener;
import io.quorumd.quorum.QuorumOptions;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.quorum.state.VolumeWish;
import io.quorumd.service.config.VolumeProperties;
import io.quorumd.service.config.VolumeProperties.Kind;
import io.quorumd.service.events.EventLog;
import io.quorumd.service.metrics.VolumeTimes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a configured volume into an open one: looks for its children, lets its state decide, opens it on one of the event
 * loops (volumes take turns). Blocking; called while the service starts.
 */
final class VolumeOpener {

    private static final Logger LOG = LoggerFactory.getLogger(VolumeOpener.class);

    private final EventLoops loops;
    private final Executor io;
    private final StateDirectory states;
    private final EventLog events;
    private final String initiatorName;
    private final Fence fence;
    private final OpenVolumes counted;
    private final ByteBufAllocator allocator = Buffers.ALLOCATOR;

    VolumeOpener(
            EventLoops loops,
            Executor io,
            StateDirectory states,
            EventLog events,
            String initiatorName,
            Fence fence,
            OpenVolumes counted) {
        this.loops = loops;
        this.io = io;
        this.states = states;
        this.events = events;
        this.initiatorName = initiatorName;
        this.fence = fence;
        this.counted = counted;
    }

    /**
     * @throws io.quorumd.quorum.state.StateException when the state does not allow it
     * @throws VolumeException when too few children open
     */
    Volume open(VolumeProperties properties) {
        EventLoopStrand strand = new EventLoopStrand(loops.next(), fence);
        List<ConfiguredChild> children = children(properties, strand);
        VolumeParts parts = new VolumeParts(properties, strand, children, VolumeTimes.of(nodeNames(children)));
        return new Volume(parts, open(parts), new VolumeGrowth(this, states));
    }

    /** The same, of the same parts; again after it was closed. */
    OpenVolume open(VolumeParts parts) {
        counted.opening();
        try {
            return started(parts);
        } catch (RuntimeException refused) {
            counted.closed();
            throw refused;
        }
    }

    private OpenVolume started(VolumeParts parts) {
        VolumeProperties properties = parts.properties();
        VolumeState state = states.start(wish(properties), find(parts.children()), parts.strand());
        state.notes().forEach(note -> LOG.warn("volume {}: {}", properties.name(), note));
        try {
            return properties.kind() == Kind.QUORUM ? openQuorum(parts, state) : openPlain(parts, state);
        } catch (VolumeException refused) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            parts.strand().execute(() -> state.close(false, error -> closed.complete(null)));
            closed.join();
            states.closed(properties.name());
            throw refused;
        }
    }

    private List<ConfiguredChild> children(VolumeProperties properties, EventLoopStrand strand) {
        FileThreads threads = new FileThreads(strand, io, loops.busyPoll());
        return properties.children().stream()
                .map(child -> ConfiguredChild.of(
                        child.nodeName(), child, initiatorName, strand, properties.childTimeout(), threads))
                .toList();
    }

    static List<ChildFound> find(List<ConfiguredChild> children) {
        List<CompletableFuture<ChildFound>> found =
                children.stream().map(ConfiguredChild::find).toList();
        return found.stream().map(CompletableFuture::join).toList();
    }

    private static VolumeWish wish(VolumeProperties properties) {
        return new VolumeWish(
                properties.name(),
                properties.size() == null ? 0 : properties.size().toBytes(),
                properties.blockSize(),
                (int) properties.regionSize().toBytes(),
                properties.threshold(),
                properties.wwn());
    }

    private OpenVolume openQuorum(VolumeParts parts, VolumeState state) {
        VolumeProperties properties = parts.properties();
        QuorumOptions options = EffectiveOptions.quorum(properties, state.regionSize());
        Opening<QuorumDevice> opening = new Opening<>(properties.name());
        parts.strand()
                .execute(() -> QuorumDevice.open(
                        properties.name(),
                        options,
                        ChildGate.specs(parts.children(), state, parts.times()),
                        Bookkeeping.in(state),
                        parts.strand(),
                        allocator,
                        events.of(properties.name()),
                        opening::completed));
        QuorumDevice device = opening.await();
        return new OpenVolume(device, state, device::status, EffectiveOptions.json(properties, options), counted);
    }

    private OpenVolume openPlain(VolumeParts parts, VolumeState state) {
        VolumeProperties properties = parts.properties();
        ConfiguredChild child = parts.children().getFirst();
        ChildOpener opener = ChildGate.of(child, state, parts.times().child(child.nodeName()));
        Opening<BlockDevice> opening = new Opening<>(properties.name());
        parts.strand()
                .execute(() -> opener.open(
                        parts.strand(),
                        allocator,
                        (device, error) -> opening.completed(
                                device == null || child instanceof LocalChild ? device : kept(device, opener, parts),
                                error)));
        BlockDevice device = opening.await();
        PlainStatus status = new PlainStatus(properties.name(), device, child);
        return new OpenVolume(device, state, status, EffectiveOptions.json(properties, null), counted);
    }

    /** A remote child that is opened again after a loss. */
    private BlockDevice kept(BlockDevice device, ChildOpener opener, VolumeParts parts) {
        QuorumListener listener = events.of(parts.properties().name());
        String nodeName = parts.children().getFirst().nodeName();
        return new ReopeningDevice(
                device,
                done -> opener.open(parts.strand(), allocator, done::completed),
                (from, to) -> listener.event(new QuorumEvent.ChildChanged(
                        nodeName, PlainStatus.state(from), PlainStatus.state(to), to.reason())),
                parts.properties().childTimeout().toNanos());
    }

    private static List<String> nodeNames(List<ConfiguredChild> children) {
        return children.stream().map(ConfiguredChild::nodeName).toList();
    }

    /** What an asynchronous opening comes to. */
    private static final class Opening<D extends BlockDevice> {

        private final String volume;
        private final CompletableFuture<D> device = new CompletableFuture<>();

        Opening(String volume) {
            this.volume = volume;
        }

        void completed(@Nullable D opened, @Nullable BlockError error) {
            if (opened != null) {
                device.complete(opened);
            } else {
                device.completeExceptionally(new VolumeException(
                        volume, error != null ? error : BlockError.of(BlockError.Errno.EIO, "no reason given")));
            }
        }

        D await() {
            try {
                return device.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof VolumeException refused) {
                    throw refused;
                }
                throw e;
            }
        }
    }
}
