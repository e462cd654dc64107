package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slow is not dead, but must not be contagious. */
class QuorumHangTest {

    private static final int REGION = 65536;
    private static final int HANGING = 2;

    private QuorumRig rig = QuorumRig.of(3);

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void withThresholdAWriteDoesNotWaitForAHangingChildAtAll() {
        useThreshold();
        rig.child(HANGING).on(Kind.WRITE, Fault.hang());
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
        assertThat(stale()).isEqualTo(REGION);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
    }

    @Test
    void aStragglerThatEndsWellAndMissedNothingIsInSyncAgain() {
        useThreshold();
        MemoryDevice.Rule rule = rig.child(HANGING).on(Kind.WRITE, Fault.hang());
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.write(4096, QuorumRig.pattern(2, 512));
        rule.clear();
        rig.child(HANGING).release();
        assertThat(stale()).isEqualTo(REGION);
        rig.child(HANGING).release();
        assertThat(stale()).isZero();
    }

    @Test
    void aStragglerThatMissedALaterWriteIsResynced() {
        useThreshold();
        rig.child(HANGING).on(Kind.WRITE, Fault.hang()).times(1);
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.write(0, QuorumRig.pattern(2, 512));
        rig.child(HANGING).release();
        assertThat(stale()).isEqualTo(REGION);
        seconds(5);
        assertThat(stale()).isZero();
        assertThat(rig.child(HANGING).contents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void stragglersInNeighbouringRegionsLeaveWhatSpansThemReadableAndWritable() {
        useThreshold();
        rig.child(HANGING).on(Kind.WRITE, Fault.hang()).times(1);
        rig.write(REGION - 512, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.WRITE, Fault.hang()).times(1);
        rig.write(REGION, QuorumRig.pattern(2, 512));
        QuorumRig.Outcome read = rig.read(REGION - 512, 1024);
        assertThat(Arrays.copyOf(read.bytes(), 512)).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(Arrays.copyOfRange(read.bytes(), 512, 1024)).isEqualTo(QuorumRig.pattern(2, 512));
        QuorumRig.Outcome write = rig.write(REGION - 512, QuorumRig.pattern(3, 1024));
        assertThat(write.ended).isFalse();
        rig.child(1).release();
        rig.child(HANGING).release();
        seconds(1);
        assertThat(write.succeeded()).isTrue();
        assertThat(rig.read(REGION - 512, 1024).bytes()).isEqualTo(QuorumRig.pattern(3, 1024));
    }

    @Test
    void aStragglerThatEndsAfterASettlementWithoutItIsResynced() {
        useThreshold();
        rig.child(HANGING).on(Kind.WRITE, Fault.hang()).times(1);
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).crash();
        rig.child(1).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.read(4096, 512);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).error).isNotNull();
        seconds(5);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        rig.child(HANGING).release();
        assertThat(rig.child(HANGING).contents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(stale()).isEqualTo(REGION);
        seconds(5);
        assertThat(stale()).isZero();
        assertThat(rig.child(HANGING).contents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void aChildThatKeepsTimingOutIsSuspendedProbedAndBroughtBack() {
        MemoryDevice.Rule hang = rig.child(HANGING).on(r -> r.kind() != Kind.CLOSE, Fault.hang());
        for (int i = 0; i < 3; i++) {
            QuorumRig.Outcome write = rig.write(i * 512L, QuorumRig.pattern(1, 512));
            seconds(5);
            assertThat(write.succeeded()).isTrue();
        }
        assertThat(child().state()).isEqualTo(ChildState.SUSPENDED);
        assertThat(rig.write(8192, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.DEGRADED);
        hang.clear();
        rig.child(HANGING).releaseAll();
        seconds(20);
        assertThat(child().state()).isEqualTo(ChildState.ANSWERING);
        assertThat(stale()).isZero();
        assertThat(rig.child(HANGING).contents(8192, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void unreadableSectorsDoNotExpelAGoodChild() {
        rig.child(HANGING).makeUnreadable(0, 65536);
        rig.child(HANGING).on(Kind.WRITE, Fault.fail(Errno.EIO));
        for (int i = 0; i < 20; i++) {
            rig.read(i * 512L, 512);
        }
        assertThat(child().state()).isEqualTo(ChildState.ANSWERING);
    }

    @Test
    void whoIsNeededIsNotSuspended() {
        rig = new QuorumRig(QuorumOptions.of(2).regionSize(REGION));
        rig.child(1).on(Kind.WRITE, Fault.hang()).times(4);
        for (int i = 0; i < 4; i++) {
            QuorumRig.Outcome write = rig.write(i * 512L, QuorumRig.pattern(1, 512));
            seconds(5);
            assertThat(write.error).isNotNull();
        }
        assertThat(rig.device.status().children().get(1).state()).isEqualTo(ChildState.ANSWERING);
    }

    @Test
    void everyRequestIsAnsweredWellInsideThirtySecondsWhateverHangs() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.children.forEach(child -> child.on(r -> r.kind() != Kind.CLOSE, Fault.hang()));
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(2, 512));
        QuorumRig.Outcome behind = rig.read(0, 512);
        QuorumRig.Outcome flush = rig.flush();
        seconds(22);
        assertThat(write.ended && behind.ended && flush.ended).isTrue();
        assertThat(write.error).isNotNull();
        assertThat(behind.error).isNotNull();
        assertThat(flush.error).isNotNull();
    }

    @Test
    void aChildThatIsLostWhileNobodyAsksIsNoticed() {
        rig.unreachable.add("child-c");
        rig.child(HANGING).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        seconds(10);
        assertThat(rig.device.status().margin()).isZero();
        rig.unreachable.clear();
        seconds(40);
        assertThat(rig.device.status().margin()).isEqualTo(1);
    }

    @Test
    void aChildThatStaysAwayIsTriedLessAndLess() {
        rig.unreachable.add("child-c");
        rig.child(HANGING).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.read(0, 512);
        // After 1, 2, 4, 8, 16 and 30 s, again and again.
        seconds(32);
        assertThat(rig.refusals).isEqualTo(5);
        seconds(60);
        assertThat(rig.refusals).isEqualTo(7);
        rig.unreachable.clear();
        seconds(30);
        assertThat(rig.device.status().margin()).isEqualTo(1);
    }

    @Test
    void aChildThatHangsWhileNobodyAsksIsTakenOutAndComesBack() {
        MemoryDevice.Rule rule = rig.child(HANGING).on(Kind.READ, Fault.hang());
        seconds(30);
        assertThat(rig.device.status().margin()).isZero();
        rule.clear();
        rig.child(HANGING).releaseAll();
        seconds(10);
        assertThat(rig.device.status().margin()).isEqualTo(1);
    }

    private void useThreshold() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(REGION).writeCompletion(When.THRESHOLD));
    }

    private void seconds(int seconds) {
        rig.strand.advance(Duration.ofSeconds(seconds).toNanos());
    }

    private QuorumStatus.ChildStatus child() {
        return rig.device.status().children().get(HANGING);
    }

    private long stale() {
        return child().staleBytes();
    }
}
