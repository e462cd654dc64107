package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Writes beside flushes that wait for one another. */
class WriteGateTest {

    private static final int REGION = 65536;

    private QuorumRig rig = new QuorumRig(QuorumOptions.of(3).regionSize(REGION));

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void writesGoOnBesideOneFlush() {
        QuorumRig.Outcome flush = slowFlush();
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
        assertThat(flush.ended).isFalse();
    }

    @Test
    void aWriteWaitsForTheBeginningOfTheRoundThatFlushesWaitFor() {
        rig.write(0, QuorumRig.pattern(1, 512));
        QuorumRig.Outcome first = slowFlush();
        QuorumRig.Outcome second = slowFlush();
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(2, 512));
        QuorumRig.Outcome zeroes = rig.zero(REGION, REGION);
        QuorumRig.Outcome readOfIt = rig.read(0, 512);
        assertThat(write.ended || zeroes.ended || readOfIt.ended).isFalse();
        assertThat(rig.read(2 * REGION, 512).ended).isTrue();
        assertThat(rig.child(0).contents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));

        endFlush();
        assertThat(first.succeeded()).isTrue();
        assertThat(second.ended).isFalse();
        assertThat(write.succeeded() && zeroes.succeeded()).isTrue();
        assertThat(readOfIt.bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        assertThat(rig.write(REGION, QuorumRig.pattern(3, 512)).succeeded()).isTrue();

        endFlush();
        assertThat(second.succeeded()).isTrue();
        assertThat(rig.child(0).count(Kind.FLUSH)).isEqualTo(2);
    }

    @Test
    void aChildWhoseFlushHangsHoldsNoWritesUp() {
        QuorumRig.Outcome first = slowFlush();
        QuorumRig.Outcome second = rig.flush();
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(1, 512));
        assertHeldBackForHalfASecond(write);
        QuorumRig.Outcome third = rig.flush();
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(first.ended || second.ended || third.ended).isFalse();
        endFlush();
        assertThat(first.succeeded() && second.succeeded() && third.succeeded()).isTrue();
    }

    @Test
    void aWriteThatHasNoTimeToSpareIsNotHeldBack() {
        rig.end();
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(REGION).childTimeout(Duration.ofSeconds(14)));
        slowFlush();
        slowFlush();
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
    }

    @Test
    void eachRoundHasItsOwnTime() {
        slowFlush();
        slowFlush();
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.strand.advance(Duration.ofMillis(400).toNanos());
        endFlush();
        QuorumRig.Outcome last = rig.flush();
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(1, 512));
        assertHeldBackForHalfASecond(write);
        endFlush();
        assertThat(last.succeeded()).isTrue();
    }

    /** What an earlier flush failed for is written again by the next, which needs the range that the write waits in. */
    @Test
    void aWriteThatIsHeldBackDoesNotHoldUpARoundThatWritesAgain() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        QuorumRig.Outcome first = slowFlush();
        QuorumRig.Outcome second = rig.flush();
        QuorumRig.Outcome third = rig.flush();
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(2, 512));
        assertThat(first.ended || second.ended || third.ended || write.ended).isFalse();
        rig.strand.advance(Duration.ofSeconds(12).toNanos());
        assertThat(first.error).isNotNull();
        assertThat(second.succeeded()).isTrue();
        assertThat(third.succeeded()).isTrue();
        assertThat(write.succeeded()).isTrue();
        assertThat(rig.flush().succeeded()).isTrue();
        assertThat(rig.child(0).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void aWriteThatIsHeldBackIsDoneBeforeTheDeviceIsClosed() {
        QuorumRig.Outcome first = slowFlush();
        QuorumRig.Outcome second = rig.flush();
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(1, 512));
        QuorumRig.Outcome close = rig.close();
        assertThat(close.ended).isFalse();
        endFlush();
        assertThat(first.succeeded() && second.succeeded() && write.succeeded() && close.succeeded())
                .isTrue();
        assertThat(rig.child(0).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
    }

    private void assertHeldBackForHalfASecond(QuorumRig.Outcome write) {
        rig.strand.advance(Duration.ofMillis(499).toNanos());
        assertThat(write.ended).isFalse();
        rig.strand.advance(Duration.ofMillis(1).toNanos());
        assertThat(write.succeeded()).isTrue();
    }

    private QuorumRig.Outcome slowFlush() {
        rig.child(2).on(Kind.FLUSH, Fault.hang()).times(1);
        return rig.flush();
    }

    private void endFlush() {
        assertThat(rig.child(2).release()).isTrue();
        rig.strand.run();
    }
}
