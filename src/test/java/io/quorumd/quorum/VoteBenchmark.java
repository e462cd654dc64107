package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.InlineDevice;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.ReadCompletion;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The vote on answers that are there already, by itself and within a whole read; with answers that are equal, and with
 * one that differs in its last byte alone, so that all of it is compared.
 */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH sets it up
public class VoteBenchmark {

    /** Bytes of an answer. */
    @Param({"512", "4096", "65536", "262144"})
    int length;

    @Param({"2", "3"})
    int children;

    private final ManualStrand strand = new ManualStrand();
    private final Ballot ballot = new Ballot();
    private final ReadCompletion done = this::done;
    private List<ByteBuf> alike;
    private List<ByteBuf> mixed;
    private Ballot.Sameness agreed;
    private Ballot.Sameness disputed;
    private QuorumDevice agreeing;
    private QuorumDevice disputing;
    private int answered;

    @Setup
    public void open() {
        alike = answers(true);
        mixed = answers(false);
        agreed = sameness(alike);
        disputed = sameness(mixed);
        agreeing = device(alike);
        disputing = device(mixed);
    }

    /** With the buffers, which are the children's. */
    @TearDown
    public void close() {
        agreeing.close(error -> {});
        disputing.close(error -> {});
        strand.run();
    }

    @Benchmark
    public int ballotOfEqual() {
        return ballot.decide((1 << children) - 1, 2, agreed);
    }

    /** The last child's answer differs. Of two children's neither wins. */
    @Benchmark
    public int ballotOneDiffers() {
        return ballot.decide((1 << children) - 1, 2, disputed);
    }

    /** All that a read takes here: its range, a request of each child, the vote. */
    @Benchmark
    public int readOfEqual() {
        return read(agreeing);
    }

    /** Asks once more, votes block by block, reports, keeps digests, repairs. Of two children's neither wins: an error. */
    @Benchmark
    public int readOneDiffers() {
        return read(disputing);
    }

    private int read(QuorumDevice device) {
        answered = 0;
        device.read(0, length, done);
        strand.run();
        if (answered != 1) {
            throw new IllegalStateException("answered " + answered + " times");
        }
        return answered;
    }

    private void done(@Nullable ByteBuf data, @Nullable BlockError error) {
        if (data != null) {
            data.release();
        }
        answered++;
    }

    private List<ByteBuf> answers(boolean equal) {
        return IntStream.range(0, children)
                .mapToObj(child -> answer(equal || child < children - 1))
                .toList();
    }

    private ByteBuf answer(boolean right) {
        ByteBuf answer = PooledByteBufAllocator.DEFAULT.directBuffer(length).writeZero(length);
        return right ? answer : answer.setByte(length - 1, 1);
    }

    private Ballot.Sameness sameness(List<ByteBuf> answers) {
        return (child, other) -> Contents.equal(answers.get(child), 0, answers.get(other), 0, length);
    }

    private QuorumDevice device(List<ByteBuf> answers) {
        List<ChildSpec> specs = IntStream.range(0, children)
                .mapToObj(i -> new ChildSpec(
                        "c" + i,
                        "",
                        (s, a, opened) -> opened.completed(new InlineDevice("c" + i, answers.get(i), s), null)))
                .toList();
        QuorumDevice[] devices = new QuorumDevice[1];
        QuorumDevice.open(
                "disk",
                QuorumOptions.of(children).build(),
                specs,
                Bookkeeping.inMemory(),
                strand,
                PooledByteBufAllocator.DEFAULT,
                event -> {},
                (device, error) -> {
                    if (device == null) {
                        throw new IllegalStateException(String.valueOf(error));
                    }
                    devices[0] = device;
                });
        strand.run();
        return devices[0];
    }
}
