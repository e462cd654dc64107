package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumEvent.Failure;
import io.quorumd.quorum.QuorumEvent.ReportBad;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QuorumReadTest {

    private QuorumRig rig = QuorumRig.of(3);

    @AfterEach
    void nothingLeft() {
        rig.children.forEach(child -> child.releaseAll());
        rig.strand.run();
        assertThat(rig.close().succeeded()).isTrue();
    }

    @Test
    void oneCorruptCopyIsOutvotedReportedAndRepaired() {
        byte[] data = QuorumRig.pattern(7, 8192);
        rig.write(4096, data);
        rig.child(1).corrupt(4096 + 1024, 512);
        assertThat(rig.read(4096, 8192).bytes()).isEqualTo(data);
        assertThat(rig.child(1).contents(4096, 8192)).isEqualTo(data);
        assertThat(rig.events(ReportBad.class)).containsExactly(new ReportBad(Operation.READ, null, "child-b", 10, 1));
        assertThat(failures(1, FailureType.VOTE)).isEqualTo(1);
    }

    @Test
    void aBadBlockOnEachOfTwoChildrenInOneReadIsNoLoss() {
        byte[] data = QuorumRig.pattern(9, 65536);
        rig.write(0, data);
        rig.child(0).corrupt(512, 512);
        rig.child(1).makeUnreadable(4096, 512);
        rig.child(2).makeUnreadable(8192, 1024);
        assertThat(rig.read(0, 65536).bytes()).isEqualTo(data);
        for (int child = 0; child < 3; child++) {
            assertThat(rig.child(child).contents(0, 65536)).isEqualTo(data);
        }
        assertThat(rig.events(ReportBad.class))
                .containsExactlyInAnyOrder(
                        new ReportBad(Operation.READ, null, "child-a", 1, 1),
                        new ReportBad(Operation.READ, "EIO: unreadable at 4096", "child-b", 8, 1),
                        new ReportBad(Operation.READ, "EIO: unreadable at 8192", "child-c", 16, 2));
        assertThat(rig.events(Failure.class)).isEmpty();
    }

    @Test
    void withVotesOnRequestsThreeVersionsFail() {
        use(QuorumOptions.of(3).voteUnit(VoteUnit.REQUEST));
        rig.write(0, QuorumRig.pattern(1, 4096));
        rig.child(0).corrupt(0, 512);
        rig.child(1).corrupt(1024, 512);
        QuorumRig.Outcome read = rig.read(0, 4096);
        assertThat(read.error).extracting(e -> e.code()).isEqualTo(Errno.EIO);
        assertThat(rig.events(Failure.class)).containsExactly(new Failure("disk", 0, 8));
        assertThat(rig.events(ReportBad.class)).isEmpty();
    }

    @Test
    void contradictingAnswersThatBothReachTheThresholdAreAFailureAndNothingIsRewritten() {
        use(QuorumOptions.of(4).voteThreshold(2));
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(2).corrupt(0, 512);
        rig.child(3).corrupt(0, 512);
        assertThat(rig.read(0, 512).error).isNotNull();
        assertThat(rig.child(0).contents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(rig.child(3).contents(0, 512)).isNotEqualTo(QuorumRig.pattern(1, 512));
        assertThat(rig.children).allSatisfy(c -> assertThat(c.count(Kind.WRITE)).isEqualTo(1));
    }

    @Test
    void failingReadsGiveTheVotedError() {
        rig.child(0).on(Kind.READ, Fault.fail(Errno.ENOSPC));
        rig.child(1).on(Kind.READ, Fault.fail(Errno.EIO));
        assertThat(rig.read(0, 512).error).extracting(e -> e.code()).isEqualTo(Errno.EIO);
        assertThat(rig.events(Failure.class)).hasSize(1);
    }

    @Test
    void answersAtTheThresholdWhileOneChildHangsAndComparesItsLateAnswer() {
        rig.write(0, QuorumRig.pattern(3, 512));
        rig.child(2).corrupt(0, 512);
        rig.child(2).on(Kind.READ, Fault.hang()).times(1);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(3, 512));
        assertThat(rig.events(ReportBad.class)).isEmpty();
        rig.child(2).release();
        rig.strand.run();
        assertThat(rig.events(ReportBad.class)).hasSize(1);
        assertThat(rig.child(2).contents(0, 512)).isEqualTo(QuorumRig.pattern(3, 512));
    }

    @Test
    void aLateAnswerThatAWriteHasOvertakenIsNoDisagreement() {
        rig.write(0, QuorumRig.pattern(3, 512));
        rig.child(2).on(Kind.READ, Fault.delay(1_000_000)).times(1);
        assertThat(rig.read(0, 512).succeeded()).isTrue();
        rig.write(0, QuorumRig.pattern(4, 512));
        rig.strand.advance(2_000_000);
        assertThat(rig.events)
                .filteredOn(e -> !(e instanceof QuorumEvent.ChildChanged))
                .isEmpty();
        assertThat(failures(2, FailureType.VOTE)).isZero();
    }

    @Test
    void withAllTheReadWaitsForTheRepairAndForTheTimeoutOfAHangingChild() {
        use(QuorumOptions.of(3).readCompletion(When.ALL).childTimeout(Duration.ofSeconds(2)));
        rig.write(0, QuorumRig.pattern(3, 512));
        rig.child(2).on(Kind.READ, Fault.hang()).times(1);
        QuorumRig.Outcome read = rig.read(0, 512);
        assertThat(read.ended).isFalse();
        rig.strand.advance(Duration.ofSeconds(2).toNanos());
        assertThat(read.bytes()).isEqualTo(QuorumRig.pattern(3, 512));
        assertThat(failures(2, FailureType.TIMEOUT)).isEqualTo(1);
    }

    @Test
    void aChildSlowInEveryPieceDelaysNoReadBeyondItsDeadline() {
        use(QuorumOptions.of(3).readCompletion(When.ALL).childTimeout(Duration.ofSeconds(2)));
        rig.write(0, QuorumRig.pattern(3, 16 * 512));
        for (int block = 0; block < 16; block += 2) {
            rig.child(2).corrupt(block * 512L, 512);
        }
        Fault slow = Fault.delay(Duration.ofMillis(1900).toNanos());
        rig.child(2).on(Kind.READ, slow);
        rig.child(2).on(Kind.WRITE, slow);
        QuorumRig.Outcome read = rig.read(0, 16 * 512);
        rig.strand.advance(Duration.ofSeconds(8).toNanos());
        assertThat(read.bytes()).isEqualTo(QuorumRig.pattern(3, 16 * 512));
        // What was not rewritten in time is brought back in sync like anything that was missed.
        assertThat(rig.device.status().children().get(2).staleBytes()).isPositive();
        rig.child(2).heal();
        rig.strand.advance(Duration.ofSeconds(10).toNanos());
        assertThat(rig.child(2).contents(0, 16 * 512)).isEqualTo(QuorumRig.pattern(3, 16 * 512));
    }

    @Test
    void readsOfLessThanABlockAreRepairedByWholeBlocks() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(65536), 4096);
        assertThat(rig.device.physicalBlockSize()).isEqualTo(4096);
        rig.write(0, QuorumRig.pattern(3, 8192));
        rig.child(0).corrupt(1024, 512);
        assertThat(rig.read(1024, 512).bytes()).isEqualTo(QuorumRig.pattern(3, 512));
        assertThat(rig.events(ReportBad.class)).containsExactly(new ReportBad(Operation.READ, null, "child-a", 0, 8));
        assertThat(rig.child(0).contents(0, 8192)).isEqualTo(QuorumRig.pattern(3, 8192));
    }

    @Test
    void aRepairThatFailsIsCountedAndTakesTheVote() {
        rig.write(0, QuorumRig.pattern(3, 512));
        rig.child(1).corrupt(0, 512);
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(3, 512));
        assertThat(failures(1, FailureType.WRITE)).isEqualTo(1);
        assertThat(rig.device.status().children().get(1).staleBytes()).isEqualTo(65536);
        assertThat(rig.device.status().margin()).isZero();
    }

    @Test
    void blkverifyTakesTheDeviceOfflineAtTheFirstDifference() {
        use(QuorumOptions.of(2).blkverify(true));
        rig.write(0, QuorumRig.pattern(3, 4096));
        rig.child(1).corrupt(1536, 1);
        assertThat(rig.read(0, 4096).error).isNotNull();
        assertThat(rig.events(QuorumEvent.Mismatch.class))
                .containsExactly(new QuorumEvent.Mismatch("disk", 0, 8, 3, false));
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.DOWN);
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).error).isNotNull();
        rig.device.online();
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
    }

    private void use(QuorumOptions.Builder options) {
        rig = new QuorumRig(options.regionSize(65536));
    }

    private long failures(int child, FailureType type) {
        return rig.device.status().children().get(child).failures().getOrDefault(type, -1L);
    }
}
