package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.InlineDevice;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.ReadCompletion;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A healthy voted read or write over children that complete inline allocates nothing. */
class HotPathTest {

    private static final int BLOCK = 4096;
    private static final int WARM_UP = 40_000;
    private static final int COUNTED = 10_000;

    /** Without leak detection, which allocates for every touch. */
    private static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(true, true);

    private final ManualStrand strand = new ManualStrand();
    private long served;

    @Test
    void aVotedReadAllocatesNothing() {
        QuorumDevice device = open();
        ReadCompletion done = this::served;
        assertThat(bytesPerCall(() -> device.read(0, BLOCK, done))).isLessThan(8);
        assertThat(served).isEqualTo(WARM_UP + COUNTED);
    }

    @Test
    void aWriteToAllAllocatesNothing() {
        QuorumDevice device = open();
        ByteBuf source = UNTRACKED.directBuffer(BLOCK).writeZero(BLOCK);
        Completion done = this::written;
        assertThat(bytesPerCall(() -> device.write(0, source, false, done))).isLessThan(8);
        assertThat(served).isEqualTo(WARM_UP + COUNTED);
        source.release();
    }

    private double bytesPerCall(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            call.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < COUNTED; i++) {
            call.run();
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / COUNTED;
    }

    private void served(@Nullable ByteBuf data, @Nullable BlockError error) {
        if (data != null) {
            data.release();
            served++;
        }
    }

    private void written(@Nullable BlockError error) {
        served += error == null ? 1 : 0;
    }

    private QuorumDevice open() {
        List<ChildSpec> specs = IntStream.range(0, 3)
                .mapToObj(i -> new ChildSpec(
                        "c" + i,
                        "",
                        (s, a, done) -> done.completed(
                                new InlineDevice(
                                        "c" + i, UNTRACKED.directBuffer(BLOCK).writeZero(BLOCK), s),
                                null)))
                .toList();
        List<QuorumDevice> opened = new ArrayList<>();
        QuorumDevice.open(
                "disk",
                QuorumOptions.of(3).build(),
                specs,
                Bookkeeping.inMemory(),
                strand,
                UNTRACKED,
                event -> {},
                (device, error) -> {
                    if (device != null) {
                        opened.add(device);
                    }
                });
        return opened.getFirst();
    }
}
