package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.MemoryDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A quorum device over devices in RAM on a strand turned by hand, with what it told. */
final class QuorumRig {

    static final int SIZE = 4 << 20;

    final ManualStrand strand = new ManualStrand();
    final List<MemoryDevice> children = new ArrayList<>();
    final List<QuorumEvent> events = new ArrayList<>();
    final QuorumDevice device;

    QuorumRig(QuorumOptions.Builder options) {
        this(options, 512);
    }

    QuorumRig(QuorumOptions.Builder options, int physicalBlockSize) {
        QuorumOptions built = options.build();
        for (int i = 0; i < built.children(); i++) {
            children.add(new MemoryDevice(nodeName(i), SIZE, strand).physicalBlockSize(physicalBlockSize));
        }
        device = open(built, children);
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
            specs.add(new ChildSpec(child.name(), "memory", (s, a, done) -> done.completed(child, null)));
        }
        List<QuorumDevice> opened = new ArrayList<>();
        QuorumDevice.open("disk", options, specs, strand, PooledByteBufAllocator.DEFAULT, events::add, (d, error) -> {
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
