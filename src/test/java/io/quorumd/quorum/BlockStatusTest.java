package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.block.SyncDevice;
import io.quorumd.block.SyncDevice.Extent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is called a hole reads as zeroes, whatever the children say; all else is data. */
class BlockStatusTest {

    private static final int REGION = 65536;
    private static final int SIZE = QuorumRig.SIZE;

    private final QuorumRig rig = QuorumRig.of(3);
    private final SyncDevice disk = new SyncDevice(rig.device);

    @Test
    void whatWasNeverWrittenIsAHoleUpToTheFirstData() {
        assertThat(disk.status(0, SIZE)).isEqualTo(new Extent(SIZE, false));
        rig.write(4L * REGION, QuorumRig.pattern(1, REGION));
        assertThat(disk.status(0, SIZE)).isEqualTo(new Extent(4L * REGION, false));
        assertThat(disk.status(4L * REGION + 512, SIZE / 2)).isEqualTo(new Extent(REGION - 512, true));
    }

    @Test
    void whatWasDiscardedIsAHoleAgain() {
        rig.write(0, QuorumRig.pattern(1, 2 * REGION));
        rig.zero(0, REGION);
        assertThat(disk.status(0, SIZE)).isEqualTo(new Extent(REGION, false));
    }

    @Test
    void aCopyThatHoldsSomethingElseMakesItData() {
        rig.child(2).corrupt(REGION, REGION);
        assertThat(disk.status(0, SIZE)).isEqualTo(new Extent(REGION, false));
        assertThat(disk.status(REGION, SIZE / 2)).isEqualTo(new Extent(REGION, true));
    }

    @Test
    void aChildThatMissedTheWriteHasNoSay() {
        rig.child(2).on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        rig.write(0, QuorumRig.pattern(1, REGION));
        assertThat(disk.status(0, SIZE)).isEqualTo(new Extent(REGION, true));
        rig.child(1).on(Kind.ZEROES, Fault.fail(Errno.EIO)).times(1);
        rig.zero(2L * REGION, REGION);
        assertThat(disk.status(2L * REGION, REGION)).isEqualTo(new Extent(REGION, false));
    }

    @Test
    void withTooFewVotersNothingIsAHole() {
        rig.child(0).on(Kind.STATUS, Fault.fail(Errno.ENODEV)).times(1);
        assertThat(disk.status(0, REGION)).isEqualTo(new Extent(REGION, true));
        rig.child(1).on(Kind.ZEROES, Fault.fail(Errno.EIO)).times(1);
        rig.zero(0, REGION);
        rig.child(2).on(Kind.ZEROES, Fault.fail(Errno.EIO)).times(1);
        rig.zero(0, 512);
        assertThat(disk.status(0, REGION).allocated()).isTrue();
    }

    @Test
    void aChildThatHangsMakesItDataInTime() {
        rig.child(1).on(Kind.STATUS, Fault.hang());
        CompletableFuture<Extent> asked = disk.statusLater(0, SIZE);
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(1, 512));
        rig.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(asked).isCompletedWithValue(new Extent(SIZE, true));
        assertThat(write.succeeded()).isTrue();
        rig.child(1).releaseAll();
        assertThat(rig.close().succeeded()).isTrue();
    }

    @Test
    void unsettledRegionsAreDataUntilTheyAreSettled() {
        rig.child(0).on(Kind.ZEROES, Fault.fail(Errno.EIO)).times(1);
        rig.child(1).on(Kind.ZEROES, Fault.fail(Errno.EIO)).times(1);
        assertThat(rig.zero(REGION, REGION).error).isNotNull();
        assertThat(disk.status(0, SIZE)).isEqualTo(new Extent(REGION, false));
        assertThat(disk.status(REGION, SIZE / 2)).isEqualTo(new Extent(REGION, true));
        rig.read(REGION, 512);
        assertThat(disk.status(REGION, SIZE / 2)).isEqualTo(new Extent(SIZE / 2, false));
    }
}
