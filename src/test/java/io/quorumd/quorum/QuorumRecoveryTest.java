package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.state.VolumeState;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the device remembers of children that missed something, and how they get it back. */
class QuorumRecoveryTest {

    private static final int REGION = QuorumRig.REGION;

    /** A second for each region. */
    private static final QuorumOptions SLOW_RESYNC =
            QuorumRig.markingSingly(3).resyncRate(REGION).build();

    private final QuorumOptions options = QuorumRig.markingSingly(3).build();
    private final SimStorage storage = new SimStorage();
    private QuorumRig rig = QuorumRig.durable(options, storage);

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void aChildThatMissedAWriteIsBroughtBackInSync() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.write(REGION, QuorumRig.pattern(7, 4096));
        assertThat(stale(0)).isEqualTo(REGION);
        seconds(5);
        assertThat(stale(0)).isZero();
        assertThat(rig.child(0).durableContents(REGION, 4096)).isEqualTo(QuorumRig.pattern(7, 4096));
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.UP);
    }

    @Test
    void aChildThatFailsAWriteDuringItsResyncStaysStale() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.write(0, QuorumRig.pattern(7, 4096));
        MemoryDevice.Rule slow =
                rig.child(0).on(Kind.FLUSH, Fault.delay(Duration.ofSeconds(1).toNanos()));
        seconds(1);
        // The region has been copied and its flush is under way.
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.write(0, QuorumRig.pattern(8, 512));
        rig.strand.advance(Duration.ofMillis(1500).toNanos());
        rig.child(1).corrupt(0, 512);
        assertThat(rig.read(0, 512).error).isNotNull();
        rig.child(1).corrupt(0, 512);
        slow.clear();
        seconds(5);
        assertThat(stale(0)).isZero();
        assertThat(rig.child(0).contents(0, 512)).isEqualTo(QuorumRig.pattern(8, 512));
    }

    @Test
    void aLostChildIsOpenedAgainStaleInWhatItHadNotFlushed() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.flush();
        rig.write(2 * REGION, QuorumRig.pattern(2, 512));
        rig.child(2).crash();
        rig.child(2).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.read(0, 512);
        assertThat(stale(2)).isEqualTo(REGION);
        seconds(10);
        assertThat(rig.device.status().children().get(2).reason()).isEmpty();
        assertThat(rig.device.status().children().get(2).state()).isEqualTo(ChildState.ANSWERING);
        assertThat(stale(2)).isZero();
        assertThat(rig.child(2).contents(2 * REGION, 512)).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void aFlushThatOneChildFailsMakesItStaleBeforeItIsAcknowledged() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(1).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.flush().succeeded()).isTrue();
        assertThat(stale(1)).isEqualTo(REGION);
        // As after a kill at this moment:
        QuorumRig next = rig.killed(SLOW_RESYNC, storage);
        assertThat(next.device.status().children().get(1).staleBytes()).isEqualTo(REGION);
    }

    @Test
    void aFlushThatFailedIsNotBelievedTheSecondTime() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        rig.child(1).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.flush().error).isNotNull();
        long writes = rig.child(0).count(Kind.WRITE);
        assertThat(rig.flush().succeeded()).isTrue();
        assertThat(rig.child(0).count(Kind.WRITE)).isGreaterThan(writes);
        assertThat(rig.child(1).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
    }

    @Test
    void aFlushThatFailedIsNotBelievedByTheNextProcessEither() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        rig.child(1).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.flush().error).isNotNull();
        QuorumRig next = rig.killed(options, storage);
        assertThat(next.flush().succeeded()).isTrue();
        assertThat(next.child(0).count(Kind.WRITE)).isPositive();
        assertThat(next.child(1).count(Kind.WRITE)).isPositive();
        assertThat(next.child(2).count(Kind.WRITE)).isZero();
    }

    @Test
    void aFlushThatFailsMayDropWhatWasWrittenSinceItBegan() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0)
                .on(Kind.FLUSH, Fault.delay(Duration.ofSeconds(1).toNanos()))
                .times(1);
        rig.child(1).on(Kind.FLUSH, Fault.fail(Errno.EIO)).times(1);
        QuorumRig.Outcome flush = rig.flush();
        rig.write(2 * REGION, QuorumRig.pattern(2, 512));
        assertThat(flush.ended).isFalse();
        rig.device.resyncRate(1);
        rig.strand.advance(Duration.ofSeconds(1).toNanos());
        assertThat(flush.succeeded()).isTrue();
        assertThat(stale(1)).isEqualTo(2 * REGION);
    }

    @Test
    void repairingAChildThatHangsTakesOneTimeoutHoweverMuchThereIsToRepair() {
        rig.write(0, QuorumRig.pattern(1, 65536));
        for (int sector = 0; sector < 128; sector += 2) {
            rig.child(1).corrupt(sector * 512L, 512);
        }
        MemoryDevice.Rule hang = rig.child(1).on(Kind.WRITE, Fault.hang());
        assertThat(rig.read(0, 65536).bytes()).isEqualTo(QuorumRig.pattern(1, 65536));
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(2, 512));
        assertThat(write.ended).isFalse();
        rig.strand.advance(options.childTimeout().multipliedBy(2).toNanos());
        assertThat(write.succeeded()).isTrue();
        hang.clear();
        rig.child(1).releaseAll();
    }

    @Test
    void intentIsDurableBeforeTheFirstChildIsWritten() {
        storage.fail(1);
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).error).isNotNull();
        assertThat(rig.children)
                .allSatisfy(child -> assertThat(child.count(Kind.WRITE)).isZero());
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).succeeded()).isTrue();
    }

    @Test
    void healthTellsWhenTheStateCannotBeWrittenAndWhenItCanAgain() {
        storage.failWhen(() -> true);
        rig.write(0, QuorumRig.pattern(1, 512));
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.DEGRADED);
        assertThat(rig.device.status().stateFailure()).contains("intent.map cannot be written");
        seconds(3);
        assertThat(rig.device.status().stateFailure()).contains("cannot be written");
        storage.failWhen(() -> false);
        seconds(3);
        assertThat(rig.device.status().stateFailure()).isNull();
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.UP);
    }

    @Test
    void aWriteThatAChildMissedIsNotAcknowledgedUnlessThatIsRecorded() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        storage.fail(1);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).error).isNotNull();
    }

    @Test
    void staleRegionsAndTheResyncOutliveAKill() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        rig.write(0, QuorumRig.pattern(7, 4096));
        QuorumRig next = rig.killed(SLOW_RESYNC, storage);
        assertThat(next.device.status().children().get(0).staleBytes()).isEqualTo(REGION);
        next.device.resyncRate(0);
        next.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(next.device.status().children().get(0).staleBytes()).isZero();
        assertThat(next.child(0).contents(0, 4096)).isEqualTo(QuorumRig.pattern(7, 4096));
    }

    @Test
    void aPausedResyncKeepsWhatItHasCopiedAndWaitsForAnOperator() {
        rig = QuorumRig.durable(SLOW_RESYNC, new SimStorage());
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(2);
        rig.write(0, QuorumRig.pattern(7, 4096));
        rig.write(2 * REGION, QuorumRig.pattern(8, 4096));
        // The first region has been copied; the rate delays the second.
        rig.strand.advance(Duration.ofMillis(1500).toNanos());
        assertThat(rig.device.status().resync().running()).isTrue();
        assertThat(stale(0)).isEqualTo(2 * REGION);
        rig.device.pauseResync();
        rig.strand.run();
        assertThat(stale(0)).isEqualTo(REGION);
        rig.write(0, QuorumRig.pattern(9, 512));
        seconds(100);
        QuorumStatus.ResyncStatus paused = rig.device.status().resync();
        assertThat(paused.running()).isFalse();
        assertThat(paused.paused()).isTrue();
        assertThat(paused.waitingFor()).isEqualTo("an operator to resume it");
        assertThat(paused.bytesTotal() - paused.bytesDone()).isEqualTo(REGION);
        assertThat(stale(0)).isEqualTo(REGION);
        rig.device.resumeResync();
        seconds(5);
        assertThat(stale(0)).isZero();
        assertThat(rig.device.status().resync().paused()).isFalse();
        assertThat(rig.child(0).durableContents(2 * REGION, 4096)).isEqualTo(QuorumRig.pattern(8, 4096));
    }

    @Test
    void aPauseBeforeAnythingIsStaleHoldsBackWhatBecomesSo() {
        rig.device.pauseResync();
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.write(0, QuorumRig.pattern(7, 4096));
        seconds(100);
        assertThat(stale(0)).isEqualTo(REGION);
        assertThat(rig.device.status().resync().bytesTotal()).isEqualTo(REGION);
        rig.device.resumeResync();
        seconds(5);
        assertThat(stale(0)).isZero();
    }

    @Test
    void aRateThatIsRaisedHoldsAtOnce() {
        rig.device.resyncRate(1);
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(2);
        rig.write(0, QuorumRig.pattern(7, 4096));
        rig.write(2 * REGION, QuorumRig.pattern(8, 4096));
        seconds(100);
        assertThat(stale(0)).isEqualTo(2 * REGION);
        rig.device.resyncRate(0);
        seconds(1);
        assertThat(stale(0)).isZero();
        assertThat(rig.device.resyncRate()).isZero();
    }

    @Test
    void intentIsTakenBackWhenEverythingIsFlushed() {
        rig.write(0, QuorumRig.pattern(1, 512));
        assertThat(Objects.requireNonNull(rig.state).intent().marked().count()).isEqualTo(1);
        seconds(30);
        assertThat(rig.child(0).durableContents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(Objects.requireNonNull(rig.state).intent().marked().isEmpty())
                .isTrue();
    }

    @Test
    void whereTooFewAreInSyncAnOperatorAcceptsOneChildAsTruth() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.flush();
        rig.child(1).corrupt(0, 512);
        VolumeState state = Objects.requireNonNull(rig.state);
        state.stale().add("child-a", 0, 1, error -> {});
        state.stale().add("child-b", 0, 1, error -> {});
        rig.strand.run();
        QuorumRig next = rig.killed(options, storage);
        next.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(next.device.status().health()).isEqualTo(QuorumStatus.Health.DOWN);
        assertThat(next.device.status().resync().waitingFor()).contains("an operator");
        assertThat(next.read(0, 512).error).isNotNull();
        assertThatIllegalArgumentException().isThrownBy(() -> next.device.accept("nobody"));
        next.device.accept("child-b");
        next.strand.advance(Duration.ofSeconds(5).toNanos());
        byte[] truth = rig.child(1).contents(0, 512);
        assertThat(next.read(0, 512).bytes()).isEqualTo(truth);
        assertThat(next.child(2).durableContents(0, 512)).isEqualTo(truth);
        assertThat(next.device.status().health()).isEqualTo(QuorumStatus.Health.UP);
    }

    @Test
    void nobodyIsCalledInSyncBeforeAKillCannotUndoIt() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.write(0, QuorumRig.pattern(7, 4096));
        for (int step = 0; stale(0) != 0; step++) {
            assertThat(step).isLessThan(100_000);
            rig.strand.advance(Duration.ofMillis(1).toNanos() / 10);
        }
        assertThat(rig.device.status().margin()).isEqualTo(1);
        QuorumRig next = rig.killed(SLOW_RESYNC, storage);
        assertThat(next.device.status().margin()).isEqualTo(1);
        assertThat(next.device.status().children().get(0).staleBytes()).isZero();
    }

    private void seconds(int seconds) {
        rig.strand.advance(Duration.ofSeconds(seconds).toNanos());
    }

    private long stale(int child) {
        return rig.device.status().children().get(child).staleBytes();
    }
}
