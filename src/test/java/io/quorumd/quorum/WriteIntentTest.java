package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.state.RegionMap;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which regions are marked for what is written, and for how long. */
class WriteIntentTest {

    private static final int REGION = 65536;
    private static final int GROUP = 4;

    private final SimStorage storage = new SimStorage();
    private QuorumRig rig = rig(GROUP, storage);

    private static QuorumRig rig(int group, SimStorage storage) {
        return QuorumRig.durable(
                QuorumOptions.of(3)
                        .regionSize(REGION)
                        .resyncRate(1)
                        .intentGroup(group)
                        .build(),
                storage);
    }

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void aWholeGroupIsMarkedWithItsFirstRegion() {
        write(5);
        assertMarked(4, 8);
    }

    @Test
    void aGroupOfGroupsIsMarkedWhenAsManyOfItsRegionsHaveBeenWritten() {
        write(17);
        write(18);
        write(24);
        assertThat(marked().count()).isEqualTo(2 * GROUP);
        write(28);
        assertMarked(16, 32);
    }

    @Test
    void moreThanTheLimitIsNeverMarked() {
        for (int region = 0; region < 64; region += 7) {
            write(region);
            assertThat(marked().count()).isLessThanOrEqualTo(GROUP * (region / 7 + 1));
        }
    }

    @Test
    void aLoadThatIsAllOverTheDiskHasGroupsOfGroupsMarkedAtOnce() {
        rig.end();
        rig = rig(2, new SimStorage());
        for (int region = 0; region < 32; region += 8) {
            write(region);
        }
        assertThat(marked().count()).isEqualTo(4 * 2);
        write(32);
        assertThat(marked().count()).isEqualTo(4 * 2 + 4);
        forget();
        write(40);
        assertMarked(40, 42);
    }

    @Test
    void theNextTwoGroupsOfGroupsAreMarkedWhenALoadInOrderIsHalfWayThroughOne() {
        writeAll(0, 7);
        assertMarked(0, 16);
        write(7);
        assertMarked(0, 48);
        writeAll(8, 23);
        assertMarked(0, 48);
        write(23);
        assertMarked(0, 64);
        writeAll(24, 64);
        assertMarked(0, 64);
        forget();
        assertThat(marked().isEmpty()).isTrue();
    }

    @Test
    void nothingIsMarkedAheadOfWhatIsNotInOrder() {
        for (int region : new int[] {0, 1, 2, 4, 5, 6, 8, 9, 11, 12, 15}) {
            write(region);
        }
        assertMarked(0, 16);
    }

    @Test
    void nothingIsMarkedAheadWhereAChildHasNoVote() {
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        write(20);
        forget();
        writeAll(0, 16);
        assertMarked(0, 16);
    }

    @Test
    void whatCouldNotBeMarkedAheadIsMarkedByWhoWritesThere() {
        writeAll(0, 7);
        storage.fail(1);
        write(7);
        assertMarked(0, 48);
        assertThat(isDurable(16, 48)).isFalse();
        write(16);
        assertThat(isDurable(16, 48)).isTrue();
    }

    @Test
    void theLastGroupMayBeShorter() {
        write(63);
        assertMarked(60, 64);
    }

    @Test
    void whereAChildHasNoVoteOnlyWhatIsWrittenIsMarked() {
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        write(5);
        forget();
        write(6);
        assertMarked(6, 7);
    }

    @Test
    void whatIsWrittenKeepsItsGroupsMark() {
        write(40);
        write(5);
        for (int second = 0; second < 30; second++) {
            write(6);
            rig.strand.advance(Duration.ofSeconds(1).toNanos());
        }
        rig.flush();
        rig.strand.advance(Duration.ofSeconds(6).toNanos());
        assertMarked(4, 8);
    }

    @Test
    void nothingIsMarkedForLong() {
        for (int region = 0; region < 64; region += 3) {
            write(region);
        }
        assertMarked(0, 64);
        forget();
        assertThat(marked().isEmpty()).isTrue();
    }

    private void writeAll(int from, int to) {
        for (int region = from; region < to; region++) {
            write(region);
        }
    }

    private void write(int region) {
        assertThat(rig.write((long) region * REGION, QuorumRig.pattern(region, 512))
                        .succeeded())
                .isTrue();
    }

    private void forget() {
        rig.strand.advance(Duration.ofSeconds(30).toNanos());
    }

    private RegionMap marked() {
        return Objects.requireNonNull(rig.state).intent().marked();
    }

    private boolean isDurable(int from, int to) {
        return Objects.requireNonNull(rig.state).intent().isDurable(from, to);
    }

    private void assertMarked(int from, int to) {
        assertThat(marked().count()).isEqualTo(to - from);
        assertThat(marked().containsAll(from, to)).isTrue();
    }
}
