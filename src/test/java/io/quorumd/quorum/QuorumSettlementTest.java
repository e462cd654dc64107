package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.block.MemoryDevice.Request;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.state.VolumeState;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Regions in which copies may differ, after a kill or a write that failed, become one thing again, once and for all. */
class QuorumSettlementTest {

    private static final int REGION = QuorumRig.REGION;

    private final QuorumOptions options = QuorumRig.markingSingly(3).build();
    private final SimStorage storage = new SimStorage();
    private QuorumRig rig = QuorumRig.durable(options, storage);

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void nothingIsSettledBeforeAllChildrenHaveBeenOpened() {
        VolumeState state = Objects.requireNonNull(rig.state);
        state.stale().add("child-b", 0, 1, error -> {});
        state.intent().mark(0, 1, error -> {});
        rig.strand.run();
        QuorumRig next = rig.killed(QuorumRig.markingSingly(3).voteThreshold(1).build(), storage);
        next.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(next.device.status().unsettledBytes()).isZero();
        assertThat(next.device.status().margin()).isEqualTo(2);
        assertThat(next.child(2).count(Kind.WRITE)).isZero();
    }

    @Test
    void aChildThatLostItsCacheDoesNotDecideAgainstOneThatKeptIt() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.flush();
        rig.write(0, QuorumRig.pattern(2, 512));
        rig.unreachable.add("child-c");
        lose(2);
        lose(0);
        seconds(10);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        assertThat(rig.flush().succeeded()).isTrue();
        assertThat(rig.child(0).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void afterAKillInTheMiddleOfAWriteTheAnswerIsChosenOnce() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.WRITE, Fault.hang());
        rig.child(2).on(Kind.WRITE, Fault.hang());
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).ended).isFalse();
        QuorumRig next = rig.killed(options, storage);
        assertThat(next.device.status().unsettledBytes()).isEqualTo(REGION);
        // b and c outvote a.
        assertThat(next.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(next.child(0).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(next.device.status().unsettledBytes()).isZero();
    }

    @Test
    void whereTheVoteCannotDecideTheLowestChildDoesAndTheAnswerNeverFlips() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.WRITE, Fault.hang());
        rig.child(2).on(Kind.WRITE, Fault.hang());
        rig.write(0, QuorumRig.pattern(2, 512));
        rig.child(2).corrupt(0, 512);
        QuorumRig next = rig.killed(options, storage);
        assertThat(next.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        for (int child = 1; child < 3; child++) {
            assertThat(next.child(child).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
        }
    }

    @Test
    void withFewerThanTheThresholdAnsweringNoChoiceIsMade() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.WRITE, Fault.hang());
        rig.write(0, QuorumRig.pattern(2, 512));
        QuorumRig next = rig.killed(options, storage);
        next.unreachable.add("child-b");
        next.unreachable.add("child-c");
        next.child(1).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        next.child(2).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        assertThat(next.read(0, 512).error).isNotNull();
        assertThat(next.device.status().unsettledBytes()).isEqualTo(REGION);
        next.unreachable.clear();
        next.strand.advance(Duration.ofSeconds(40).toNanos());
        assertThat(next.read(0, 512).succeeded()).isTrue();
        assertThat(next.device.status().unsettledBytes()).isZero();
    }

    @Test
    void anUnacknowledgedWriteHasOneOutcomeFromTheFirstReadOn() {
        rig = new QuorumRig(QuorumRig.markingSingly(2).voteThreshold(2));
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).error).isNotNull();
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        assertThat(rig.child(1).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void whatWasReadOutlivesAKillThoughTheStateFailedMeanwhile() {
        QuorumOptions two = QuorumRig.markingSingly(2).voteThreshold(1).build();
        SimStorage failing = new SimStorage();
        rig = QuorumRig.durable(two, failing);
        rig.write(0, QuorumRig.pattern(1, 512));
        failing.failWhen(() -> true);
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).error).isNotNull();
        assertThat(rig.read(0, 512).error).isNotNull();
        failing.failWhen(() -> false);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        QuorumRig next = rig.killed(two, failing);
        assertThat(next.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void aFlushThatFailsInTheMiddleOfASettlementIsNotForgottenAtItsEnd() {
        int region = 512 << 10;
        rig = new QuorumRig(QuorumRig.markingSingly(2).voteThreshold(2).regionSize(region));
        byte[] data = QuorumRig.pattern(1, 512);
        rig.write(0, data);
        rig.write(region, data);
        rig.child(0).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.flush().error).isNotNull();
        rig.child(0).dropUnflushed();
        // The first half is written anew, the second takes its time; meanwhile a flush about another region fails.
        rig.child(0)
                .on(
                        r -> r.kind() == Kind.WRITE && r.offset() == region / 2,
                        Fault.delay(Duration.ofMillis(4).toNanos()))
                .times(1);
        QuorumRig.Outcome first = rig.read(0, 512);
        rig.child(0).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        rig.read(region, 512);
        rig.child(0).dropUnflushed();
        rig.strand.advance(Duration.ofMillis(10).toNanos());
        assertThat(first.ended).isTrue();
        seconds(10);
        assertThat(rig.flush().succeeded()).isTrue();
        assertThat(rig.child(0).durableContents(0, 512)).isEqualTo(data);
        assertThat(rig.child(0).durableContents(region, 512)).isEqualTo(data);
    }

    @Test
    void theLastCopiesAreWrittenAnewAfterAKillForAFlushOfOneMayHaveFailedThen() {
        QuorumOptions two = QuorumRig.markingSingly(2).voteThreshold(2).build();
        rig = QuorumRig.durable(two, storage);
        rig.write(0, QuorumRig.pattern(1, 512));
        QuorumRig next = rig.killed(two, storage);
        assertThat(next.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        for (int child = 0; child < 2; child++) {
            List<Request> updates = next.child(child).requests().stream()
                    .filter(r -> r.kind() != Kind.READ)
                    .toList();
            assertThat(updates.getFirst()).isEqualTo(new Request(Kind.WRITE, 0, REGION, false));
            assertThat(updates.getLast().kind()).isEqualTo(Kind.FLUSH);
        }
        next.read(0, 512);
        assertThat(next.child(0).count(Kind.WRITE)).isEqualTo(1);
    }

    @Test
    void copiesThatBecomeTheLastInTheMiddleAreWrittenAnewToo() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.write(REGION, QuorumRig.pattern(1, 512));
        QuorumRig next = rig.killed(options, storage);
        assertThat(next.read(0, 512).succeeded()).isTrue();
        for (int child = 0; child < 3; child++) {
            assertThat(next.child(child).count(Kind.WRITE)).isZero();
        }
        next.child(2).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(next.read(REGION, 512).succeeded()).isTrue();
        for (int child = 0; child < 2; child++) {
            assertThat(next.child(child).requests()).contains(new Request(Kind.WRITE, REGION, REGION, false));
        }
    }

    @Test
    void whatIsWrittenAnewKeepsItsHoles() {
        QuorumOptions two = QuorumRig.markingSingly(2).voteThreshold(2).build();
        rig = QuorumRig.durable(two, storage);
        rig.zero(0, REGION);
        QuorumRig next = rig.killed(two, storage);
        assertThat(next.read(0, 512).bytes()).isEqualTo(new byte[512]);
        for (int child = 0; child < 2; child++) {
            assertThat(next.child(child).requests()).contains(new Request(Kind.ZEROES, 0, REGION, false));
            assertThat(next.child(child).count(Kind.WRITE)).isZero();
        }
    }

    /** It is gone with what it had not flushed. */
    private void lose(int child) {
        rig.child(child).crash();
        rig.child(child).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.read(REGION, 512);
    }

    private void seconds(int seconds) {
        rig.strand.advance(Duration.ofSeconds(seconds).toNanos());
    }
}
