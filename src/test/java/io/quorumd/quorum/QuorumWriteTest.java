package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumEvent.Failure;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuorumWriteTest {

    private QuorumRig rig = QuorumRig.of(3);

    @AfterEach
    void nothingLeft() {
        rig.children.forEach(child -> child.releaseAll());
        rig.strand.run();
        assertThat(rig.close().ended).isTrue();
    }

    @Test
    void aChildThatMissedAWriteHasNoVoteThere() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        // Were the old copy still to vote, one corrupt copy more would leave three versions.
        rig.child(1).corrupt(0, 512);
        assertThat(rig.read(0, 512).error).isNotNull();
        assertThat(rig.child(0).contents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(rig.device.status().margin()).isZero();
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.DEGRADED);
    }

    @Test
    void fifoSkipsAChildThatMissedTheWrite() {
        rig = new QuorumRig(QuorumOptions.of(2)
                .voteThreshold(1)
                .readPattern(ReadPattern.FIFO)
                .regionSize(65536));
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void fifoReadsAcrossRegionsInWhichDifferentChildrenAreInSync() {
        rig = new QuorumRig(QuorumOptions.of(2)
                .voteThreshold(1)
                .readPattern(ReadPattern.FIFO)
                .regionSize(65536));
        rig.child(0).on(r -> r.kind() == Kind.WRITE && r.offset() == 0, Fault.fail(Errno.EIO));
        rig.child(1).on(r -> r.kind() == Kind.WRITE && r.offset() == 65536, Fault.fail(Errno.EIO));
        rig.write(0, QuorumRig.pattern(1, 65536));
        rig.write(65536, QuorumRig.pattern(2, 65536));
        byte[] read = rig.read(65536 - 512, 1024).bytes();
        assertThat(read[511]).isEqualTo((byte) 1);
        assertThat(read[512]).isEqualTo((byte) 2);
    }

    @Test
    void fewerThanTheThresholdIsAFailureAndCondemnsNobody() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC));
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.ENOSPC));
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).error)
                .extracting(e -> e.code())
                .isEqualTo(Errno.ENOSPC);
        assertThat(rig.events(Failure.class)).containsExactly(new Failure("disk", 0, 1));
        assertThat(rig.device.status().margin()).isEqualTo(1);
    }

    @Test
    void aWriteThatOnlyStaleChildrenTookIsAFailure() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        // Child a takes this one, but it is stale: b in sync failed, so only c counts.
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).error).isNotNull();
    }

    @Test
    void aHangingChildIsLeftBehindAndItsLateWriteLandsOnlyWhereItHasNoVote() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(2).on(Kind.WRITE, Fault.hang()).times(1);
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(2, 512));
        assertThat(write.ended).isFalse();
        rig.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(write.succeeded()).isTrue();
        assertThat(rig.write(0, QuorumRig.pattern(3, 512)).succeeded()).isTrue();
        // Nothing else was sent to that range of that child.
        assertThat(rig.child(2).count(Kind.WRITE)).isEqualTo(2);
        rig.child(2).release();
        rig.strand.run();
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(3, 512));
    }

    @Test
    void aStragglerThatAFlushDidNotWaitForIsInSyncOnlyAfterAResync() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(65536).writeCompletion(QuorumOptions.When.THRESHOLD));
        rig.child(2).on(Kind.WRITE, Fault.hang()).times(1);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(rig.flush().succeeded()).isTrue();
        long flushes = rig.child(2).count(Kind.FLUSH);
        rig.device.resyncRate(1);
        rig.child(2).release();
        rig.strand.run();
        assertThat(rig.device.status().children().get(2).staleBytes()).isEqualTo(65536);
        rig.device.resyncRate(0);
        rig.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(rig.device.status().children().get(2).staleBytes()).isZero();
        assertThat(rig.child(2).count(Kind.FLUSH)).isGreaterThan(flushes);
        assertThat(rig.child(2).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    /** Else each write would have to be recorded first as one that a child missed. */
    @Test
    void aChildThatIsAboutAsFastAsTheOthersIsWaitedFor() {
        rig = threshold(150);
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(1, 512));
        rig.strand.advance(149);
        assertThat(write.ended).isFalse();
        rig.strand.advance(1);
        assertThat(write.succeeded()).isTrue();
        assertThat(rig.device.status().children().get(2).staleBytes()).isZero();
        rig.strand.advance(1000);
        assertThat(rig.device.status().children().get(2).staleBytes()).isZero();
    }

    @Test
    void aChildThatIsSlowerIsWaitedForOnceAndNotWhileItIsBehind() {
        rig = threshold(1000);
        QuorumRig.Outcome first = rig.write(0, QuorumRig.pattern(1, 512));
        rig.strand.advance(199);
        assertThat(first.ended).isFalse();
        rig.strand.advance(1);
        assertThat(first.succeeded()).isTrue();
        assertThat(rig.device.status().children().get(2).staleBytes()).isEqualTo(65536);
        QuorumRig.Outcome second = rig.write(65536, QuorumRig.pattern(2, 512));
        rig.strand.advance(100);
        assertThat(second.succeeded()).isTrue();
        rig.strand.advance(2000);
        assertThat(rig.device.status().children().get(2).staleBytes()).isZero();
    }

    private static QuorumRig threshold(long lastNanos) {
        QuorumRig rig =
                new QuorumRig(QuorumOptions.of(3).regionSize(65536).writeCompletion(QuorumOptions.When.THRESHOLD));
        long[] nanos = {100, 100, lastNanos};
        for (int i = 0; i < nanos.length; i++) {
            rig.child(i).on(Kind.WRITE, Fault.delay(nanos[i]));
        }
        return rig;
    }

    @Test
    void aChildThatIsBusyInPartOfAWriteLeavesTheOthersNoChoice() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(65536).writeCompletion(QuorumOptions.When.THRESHOLD));
        rig.child(0).on(Kind.WRITE, Fault.hang()).times(1);
        assertThat(rig.write(65536 - 512, QuorumRig.pattern(1, 512)).succeeded())
                .isTrue();
        rig.child(1).on(Kind.WRITE, Fault.hang()).times(1);
        // Child a is busy in its first region, so that this one needs b and c in both of them.
        QuorumRig.Outcome both = rig.write(65536 - 512, QuorumRig.pattern(2, 1024));
        assertThat(both.ended).isFalse();
        rig.child(2).on(Kind.WRITE, Fault.hang()).times(1);
        QuorumRig.Outcome beside = rig.write(65536 + 4096, QuorumRig.pattern(3, 512));
        rig.child(1).release();
        rig.strand.run();
        assertThat(both.succeeded()).isTrue();
        rig.child(2).release();
        rig.strand.run();
        assertThat(beside.succeeded()).isTrue();
    }

    @Test
    void lessThanABlockIsReadChangedAndWritten() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(65536), 4096);
        rig.write(0, QuorumRig.pattern(1, 8192));
        assertThat(rig.write(3584, QuorumRig.pattern(2, 1024)).succeeded()).isTrue();
        byte[] all = rig.read(0, 8192).bytes();
        assertThat(all[3583]).isEqualTo((byte) 1);
        assertThat(all[3584]).isEqualTo((byte) 2);
        assertThat(all[4607]).isEqualTo((byte) 2);
        assertThat(all[4608]).isEqualTo((byte) 1);
        assertThat(rig.zero(4000 / 512 * 512, 8192 - 4096).succeeded()).isTrue();
        byte[] zeroed = rig.read(0, 8192).bytes();
        assertThat(zeroed[3583]).isEqualTo((byte) 1);
        assertThat(zeroed[3584]).isZero();
        assertThat(zeroed[7679]).isZero();
        assertThat(zeroed[7680]).isEqualTo((byte) 1);
    }

    @Test
    void discardReachesEveryChildAndReadsAsZeroes() {
        rig.write(0, QuorumRig.pattern(1, 65536));
        assertThat(rig.zero(512, 32768).succeeded()).isTrue();
        assertThat(rig.children).allSatisfy(child -> {
            assertThat(child.contents(512, 32768)).containsOnly(0);
            assertThat(child.count(Kind.ZEROES)).isEqualTo(1);
        });
        assertThat(rig.read(512, 32768).bytes()).containsOnly(0);
    }

    @Test
    void flushNeedsTheThreshold() {
        rig.child(0).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.flush().succeeded()).isTrue();
        rig.child(0).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        rig.child(1).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.flush().error).isNotNull();
        assertThat(rig.device.status().children().get(0).failures()).containsEntry(FailureType.FLUSH, 2L);
    }

    @Test
    void aLostChildIsAskedNothingMoreAndWhatItMissesIsStale() {
        rig.child(1).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        assertThat(rig.read(0, 512).succeeded()).isTrue();
        assertThat(rig.device.status().children().get(1).state()).isEqualTo(ChildState.FAULTED);
        assertThat(rig.device.status().margin()).isZero();
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
        assertThat(rig.device.status().children().get(1).staleBytes()).isEqualTo(65536);
    }

    @Test
    void whoeverIsToldThatAChildIsLostFindsTheMarginWithoutIt() {
        List<Integer> margins = new ArrayList<>();
        rig.onEvent = event -> {
            if (event instanceof QuorumEvent.ChildChanged) {
                margins.add(rig.device.status().margin());
            }
        };
        rig.child(1).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.unreachable.add("child-b");
        assertThat(rig.read(0, 512).succeeded()).isTrue();
        assertThat(margins).containsExactly(0);
    }
}
