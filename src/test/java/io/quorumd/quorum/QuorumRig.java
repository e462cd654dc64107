package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
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
import org.jspecify.annotations.Nullable;

/** A quorum device over devices in RAM on a strand turned by hand, with what it told. */
final class QuorumRig {

    static final int SIZE = 4 << 20;

    /** Whoever is killed does not tidy up: no leak detection for what has a state directory. */
    private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(true, true);

    final ManualStrand strand = new ManualStrand();
    final ByteBufAllocator allocator;
    final List<MemoryDevice> children = new ArrayList<>();
    /** Names of children that cannot be opened. */
    final Set<String> unreachable = new HashSet<>();

    final List<QuorumEvent> events = new ArrayList<>();
    final QuorumDevice device;
    final @Nullable VolumeState state;
    private final Bookkeeping book;

    QuorumRig(QuorumOptions.Builder options) {
        this(options, 512);
    }

    QuorumRig(QuorumOptions.Builder options, int physicalBlockSize) {
        this(options.build(), physicalBlockSize, null, List.of());
    }

    /** @param storage where the state is; null: it is kept in memory */
    private QuorumRig(
            QuorumOptions options, int physicalBlockSize, @Nullable SimStorage storage, List<byte[]> contents) {
        allocator = storage == null ? PooledByteBufAllocator.DEFAULT : UNTRACKED;
        List<ChildFound> found = new ArrayList<>();
        for (int i = 0; i < options.children(); i++) {
            MemoryDevice child =
                    new MemoryDevice(nodeName(i), SIZE, strand, allocator).physicalBlockSize(physicalBlockSize);
            children.add(child);
            found.add(ChildFound.present(child.name(), SIZE, null));
            if (i < contents.size()) {
                fill(child, contents.get(i));
            }
        }
        if (storage == null) {
            state = null;
        } else {
            VolumeWish wish = new VolumeWish("disk", SIZE, 512, options.regionSize(), options.voteThreshold(), "");
            state = new StateDirectory(storage, () -> {}, strand, new Random(1)).start(wish, found, strand);
        }
        book = state == null ? Bookkeeping.inMemory() : Bookkeeping.in(state);
        device = open(options, children);
        children.forEach(child -> child.requests().clear());
    }

    /** With a state directory, which outlives {@link #killed}. */
    static QuorumRig durable(QuorumOptions options, SimStorage storage) {
        return new QuorumRig(options, 512, storage, List.of());
    }

    /** The process is killed and starts again: children as they are, state as a power loss may leave it. */
    QuorumRig killed(QuorumOptions options, SimStorage storage) {
        return restarted(options, storage.afterPowerLoss(new Random(2)));
    }

    QuorumRig restarted(QuorumOptions options, SimStorage storage) {
        return new QuorumRig(
                options,
                512,
                storage,
                children.stream().map(child -> child.contents(0, SIZE)).toList());
    }

    private void fill(MemoryDevice child, byte[] content) {
        ByteBuf source =
                PooledByteBufAllocator.DEFAULT.directBuffer(content.length).writeBytes(content);
        child.write(0, source, true, error -> {});
        source.release();
    }

    static QuorumRig of(int children) {
        return new QuorumRig(QuorumOptions.of(children).regionSize(65536));
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
                    done.completed(null, BlockError.of(BlockError.Errno.ENODEV, "unreachable"));
                } else {
                    done.completed(new Connection(child), null);
                }
            }));
        }
        List<QuorumDevice> opened = new ArrayList<>();
        QuorumDevice.open("disk", options, specs, book, strand, allocator, events::add, (d, error) -> {
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
        ByteBuf source =
                PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
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
