package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.quorum.sim.SimStorage;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A child that answers, but more slowly than it is asked, holds memory within bounds, and nobody up. */
class BacklogTest {

    private static final int REGION = 65536;
    private static final int LATE = 2;
    private static final int LIMIT = 8;

    private QuorumRig rig = rig(QuorumOptions.of(3));

    private static QuorumRig rig(QuorumOptions.Builder options) {
        return new QuorumRig(options.regionSize(REGION).backlogLimit(LIMIT));
    }

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void isLimitedInRequestsAndInBytes() {
        Backlog many = new Backlog(LIMIT);
        for (int i = 0; i < 16 * LIMIT; i++) {
            assertThat(many.isLong()).isEqualTo(i >= LIMIT);
            assertThat(many.isTooLong()).isFalse();
            many.add(512);
        }
        assertThat(many.isTooLong()).isTrue();
        many.remove(512);
        assertThat(many.isTooLong()).isFalse();

        Backlog large = new Backlog(LIMIT);
        large.add(LIMIT * 65536 - 1);
        assertThat(large.isLong()).isFalse();
        large.add(1);
        assertThat(large.isLong()).isTrue();
        large.add(3 * LIMIT * 65536 - 1);
        assertThat(large.isTooLong()).isFalse();
        large.add(1);
        assertThat(large.isTooLong()).isTrue();
        large.remove(3 * LIMIT * 65536 - 1);
        large.remove(2);
        assertThat(large.isLong()).isFalse();
    }

    @Test
    void aChildThatIsFarBehindIsNotAskedToReadUntilItHasCaughtUp() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(LATE).on(Kind.READ, Fault.hang()).times(100);
        for (int i = 0; i < 100; i++) {
            assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        }
        assertThat(rig.child(LATE).count(Kind.READ)).isEqualTo(LIMIT);
        assertThat(rig.device.status().children().get(LATE).state()).isEqualTo(ChildState.ANSWERING);
        rig.child(LATE).release();
        rig.strand.run();
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(rig.child(LATE).count(Kind.READ)).isEqualTo(LIMIT + 1);
    }

    @Test
    void itDecidesAllTheSameWhereTheOthersDiffer() {
        rig.write(0, QuorumRig.pattern(1, 512));
        MemoryDevice.Rule rule = rig.child(LATE).on(Kind.READ, Fault.hang());
        for (int i = 0; i < LIMIT; i++) {
            rig.read(0, 512);
        }
        rule.clear();
        rig.child(0).corrupt(0, 512);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(rig.child(0).contents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
    }

    @Test
    void whoWaitsForAllIsNotAnsweredByFewer() {
        rig.end();
        rig = rig(QuorumOptions.of(3).readCompletion(When.ALL));
        rig.child(LATE).on(Kind.READ, Fault.hang());
        for (int i = 0; i < 2 * LIMIT; i++) {
            assertThat(rig.read(0, 512).ended).isFalse();
        }
        assertThat(rig.child(LATE).count(Kind.READ)).isEqualTo(2 * LIMIT);
    }

    @Test
    void aChildWithTooManyWritesOutstandingIsSuspendedAndComesBack() {
        rig.end();
        rig = rig(QuorumOptions.of(3).writeCompletion(When.THRESHOLD));
        MemoryDevice.Rule rule = rig.child(LATE).on(Kind.WRITE, Fault.hang());
        for (int i = 0; i < 17 * LIMIT; i++) {
            assertThat(rig.write(i * 512L, QuorumRig.pattern(i, 512)).succeeded())
                    .isTrue();
        }
        assertThat(rig.child(LATE).count(Kind.WRITE)).isLessThanOrEqualTo(16 * LIMIT);
        assertThat(rig.device.status().children().get(LATE).state()).isEqualTo(ChildState.SUSPENDED);
        assertThat(rig.device.status().children().get(LATE).reason()).contains("keep up");
        rule.clear();
        rig.child(LATE).releaseAll();
        rig.strand.advance(Duration.ofSeconds(30).toNanos());
        assertThat(rig.device.status().children().get(LATE).state()).isEqualTo(ChildState.ANSWERING);
        for (int i = 0; i < 17 * LIMIT; i++) {
            assertThat(rig.child(LATE).contents(i * 512L, 512)).isEqualTo(QuorumRig.pattern(i, 512));
        }
    }

    /** Each would hold its range, and whoever wants to write there, until the child has answered all that it was asked before. */
    @Test
    void noResyncHoldsARangeForAChildThatIsFarBehind() {
        int elsewhere = 7 * REGION;
        rig.child(LATE).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        MemoryDevice.Rule hangs = farBehind();
        rig.write(elsewhere, QuorumRig.pattern(1, 512));
        rig.strand.advance(Duration.ofSeconds(2).toNanos());
        assertThat(rig.device.status().resync().waitingFor()).contains("far behind");
        assertThat(rig.write(elsewhere, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(rig.device.status().children().get(LATE).staleBytes()).isEqualTo(REGION);
        catchUp(hangs);
        assertThat(rig.device.status().children().get(LATE).staleBytes()).isZero();
        assertThat(rig.child(LATE).contents(elsewhere, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void noComparisonHoldsARangeForAChildThatIsFarBehind() {
        rig.end();
        rig = QuorumRig.durable(
                QuorumOptions.of(3).regionSize(REGION).backlogLimit(LIMIT).build(), new SimStorage());
        MemoryDevice.Rule hangs = farBehind();
        rig.strand.advance(Duration.ofSeconds(2).toNanos());
        assertThat(rig.child(LATE).count(Kind.READ)).isEqualTo(LIMIT);
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
        assertThat(rig.book.isKnown()).isFalse();
        catchUp(hangs);
        assertThat(rig.book.isKnown()).isTrue();
    }

    private MemoryDevice.Rule farBehind() {
        MemoryDevice.Rule hangs = rig.child(LATE).on(Kind.READ, Fault.hang());
        for (int i = 0; i < LIMIT; i++) {
            assertThat(rig.read(0, 512).ended).isTrue();
        }
        return hangs;
    }

    private void catchUp(MemoryDevice.Rule hangs) {
        hangs.clear();
        rig.child(LATE).releaseAll();
        rig.strand.advance(Duration.ofSeconds(10).toNanos());
    }
}
