package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.MemoryDevice;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.quorum.state.VolumeWish;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A quorum device over devices in RAM on a strand turned by hand, with what it told. */
final class QuorumRig {

    static final int SIZE = 4 << 20;
    static final int REGION = 65536;

    final ManualStrand strand;

    /** Of its own for what has a state directory: whoever is killed does not tidy up and must not count as a leak. */
    final ByteBufAllocator allocator;

    final List<MemoryDevice> children;
    /** Names of children that cannot be opened. */
    final Set<String> unreachable = new HashSet<>();

    /** How often one of them was tried. */
    int refusals;

    final List<QuorumEvent> events = new ArrayList<>();
    /** What a listener does about each event, on the strand. */
    Consumer<QuorumEvent> onEvent = event -> {};

    final QuorumDevice device;
    final @Nullable VolumeState state;
    final Bookkeeping book;
    private @Nullable QuorumRig successor;
    private boolean closed;

    QuorumRig(QuorumOptions.Builder options) {
        this(options, 512);
    }

    QuorumRig(QuorumOptions.Builder options, int physicalBlockSize) {
        this(options.build(), physicalBlockSize, null, rig -> {});
    }

    /** @param before what befalls the children, or makes them unreachable, before the device is opened */
    QuorumRig(QuorumOptions.Builder options, Consumer<QuorumRig> before) {
        this(options.build(), 512, null, before);
    }

    private QuorumRig(
            QuorumOptions options,
            int physicalBlockSize,
            @Nullable SimStorage storage,
            Consumer<? super QuorumRig> before) {
        strand = new ManualStrand();
        allocator = storage == null ? PooledByteBufAllocator.DEFAULT : new UnpooledByteBufAllocator(true, true);
        children = new ArrayList<>();
        for (int i = 0; i < options.children(); i++) {
            children.add(new MemoryDevice(nodeName(i), SIZE, strand, allocator).physicalBlockSize(physicalBlockSize));
        }
        before.accept(this);
        state = storage == null ? null : start(options, storage);
        book = state == null ? Bookkeeping.inMemory() : Bookkeeping.in(state);
        device = open(options, children);
        children.forEach(child -> child.requests().clear());
    }

    /** A process over what there is of children and state. */
    QuorumRig(
            QuorumOptions options,
            SimStorage storage,
            ManualStrand strand,
            ByteBufAllocator allocator,
            List<MemoryDevice> children) {
        this.strand = strand;
        this.allocator = allocator;
        this.children = children;
        state = start(options, storage);
        book = Bookkeeping.in(state);
        device = open(options, children);
    }

    private void told(QuorumEvent event) {
        events.add(event);
        onEvent.accept(event);
    }

    private VolumeState start(QuorumOptions options, SimStorage storage) {
        List<ChildFound> found = new ArrayList<>();
        for (MemoryDevice child : children) {
            found.add(ChildFound.present(child.name(), child.size(), null));
        }
        long size = children.getFirst().size();
        VolumeWish wish = new VolumeWish("disk", size, 512, options.regionSize(), options.voteThreshold(), "");
        return new StateDirectory(storage, () -> {}, strand, new Random(1)).start(wish, found, strand);
    }

    /** With a state directory, which outlives {@link #killed}. */
    static QuorumRig durable(QuorumOptions options, SimStorage storage) {
        return new QuorumRig(options, 512, storage, rig -> {});
    }

    /** The process is killed and starts again: children as they are, state as a power loss may leave it. */
    QuorumRig killed(QuorumOptions options, SimStorage storage) {
        return restarted(options, storage.afterPowerLoss(new Random(2)));
    }

    QuorumRig restarted(QuorumOptions options, SimStorage storage) {
        QuorumRig next = new QuorumRig(options, 512, storage, rig -> {
            for (int i = 0; i < children.size(); i++) {
                rig.child(i).store(0, Unpooled.wrappedBuffer(child(i).contents(0, SIZE)));
            }
        });
        successor = next;
        return next;
    }

    /** Ends what still hangs and closes it, or the one that was started in its place; nothing may be left then. */
    void end() {
        if (successor != null) {
            successor.end();
            return;
        }
        children.forEach(MemoryDevice::heal);
        strand.run();
        if (!closed) {
            assertThat(close().ended).isTrue();
        }
        if (allocator instanceof UnpooledByteBufAllocator own) {
            assertThat(own.metric().usedDirectMemory()).as("bytes not released").isZero();
        }
    }

    static QuorumRig of(int children) {
        return new QuorumRig(QuorumOptions.of(children).regionSize(REGION));
    }

    /** Nothing gets write intent but what is written. */
    static QuorumOptions.Builder markingSingly(int children) {
        return QuorumOptions.of(children).regionSize(REGION).intentGroup(1);
    }

    static String nodeName(int child) {
        return "child-" + (char) ('a' + child);
    }

    MemoryDevice child(int index) {
        return children.get(index);
    }

    private QuorumDevice open(QuorumOptions options, List<MemoryDevice> devices) {
        List<ChildSpec> specs = new ArrayList<>();
        for (MemoryDevice child : devices) {
            specs.add(new ChildSpec(child.name(), "memory", (s, a, done) -> {
                if (unreachable.contains(child.name())) {
                    refusals++;
                    done.completed(null, BlockError.of(BlockError.Errno.ENODEV, "unreachable"));
                } else {
                    done.completed(new Connection(child), null);
                }
            }));
        }
        List<QuorumDevice> opened = new ArrayList<>();
        QuorumDevice.open("disk", options, specs, book, strand, allocator, this::told, (d, error) -> {
            if (d == null) {
                throw new AssertionError(String.valueOf(error));
            }
            opened.add(d);
        });
        strand.run();
        return opened.getFirst();
    }

    /** How a request ended; null: it has not. */
    static final class Outcome {
        boolean ended;
        byte @Nullable [] data;

        @Nullable
        BlockError error;

        byte[] bytes() {
            if (!ended || data == null) {
                throw new AssertionError(ended ? "failed: " + error : "not ended");
            }
            return data;
        }

        void failed(@Nullable BlockError failure) {
            if (ended) {
                throw new AssertionError("completed twice");
            }
            ended = true;
            error = failure;
        }

        boolean succeeded() {
            return ended && error == null;
        }
    }

    Outcome read(long offset, int length) {
        Outcome outcome = new Outcome();
        device.read(offset, length, (data, error) -> {
            outcome.failed(error);
            if (data != null) {
                byte[] bytes = new byte[data.readableBytes()];
                data.readBytes(bytes);
                data.release();
                outcome.data = bytes;
            }
        });
        strand.run();
        return outcome;
    }

    Outcome write(long offset, byte[] bytes) {
        Outcome outcome = new Outcome();
        ByteBuf source = allocator.directBuffer(bytes.length).writeBytes(bytes);
        device.write(offset, source, false, error -> {
            source.release();
            outcome.failed(error);
        });
        strand.run();
        return outcome;
    }

    Outcome zero(long offset, long length) {
        Outcome outcome = new Outcome();
        device.writeZeroes(offset, length, true, false, outcome::failed);
        strand.run();
        return outcome;
    }

    Outcome flush() {
        Outcome outcome = new Outcome();
        device.flush(outcome::failed);
        strand.run();
        return outcome;
    }

    Outcome close() {
        closed = true;
        Outcome outcome = new Outcome();
        device.close(outcome::failed);
        strand.run();
        return outcome;
    }

    static byte[] pattern(int fill, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) fill);
        return bytes;
    }

    <T extends QuorumEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
