package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract's section 7, row by row: what QEMU's driver does to data, and must not happen here. */
class HazardsTest {

    private static final int REGION = 65536;
    private static final byte[] OLD = QuorumRig.pattern('o', REGION);
    private static final byte[] NEW = QuorumRig.pattern('n', REGION);

    private QuorumRig rig = QuorumRig.of(3);

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void twoNewAndTwoOldCopiesOfFourWithThresholdTwoAreAFailureAndNoneIsRewritten() {
        use(QuorumOptions.of(4).voteThreshold(2));
        rig.write(0, NEW);
        // Behind its back: nothing tells who missed a write.
        rig.child(2).corrupt(0, REGION);
        rig.child(3).corrupt(0, REGION);
        assertThat(rig.read(0, REGION).error).extracting(e -> e.code()).isEqualTo(Errno.EIO);
        assertThat(rig.events(QuorumEvent.Failure.class)).hasSize(1);
        assertThat(rig.children)
                .allSatisfy(child -> assertThat(child.count(Kind.WRITE)).isEqualTo(1));
    }

    @Test
    void twoOfFourThatMissedAWriteHaveNoVoteSoThatTheNewCopiesWin() {
        use(QuorumOptions.of(4).voteThreshold(2));
        rig.write(0, OLD);
        for (int child = 2; child < 4; child++) {
            rig.child(child).on(Kind.WRITE, Fault.fail(Errno.EIO));
        }
        assertThat(rig.write(0, NEW).succeeded()).isTrue();
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
        assertThat(rig.child(2).contents(0, REGION)).isEqualTo(OLD);
        rig.children.forEach(MemoryDevice::heal);
        seconds(10);
        assertThat(rig.children)
                .allSatisfy(child -> assertThat(child.contents(0, REGION)).isEqualTo(NEW));
    }

    @Test
    void fifoDoesNotReadTheFirstChildWhereItMissedAnAcknowledgedWrite() {
        use(QuorumOptions.of(2).voteThreshold(1).readPattern(ReadPattern.FIFO));
        rig.write(0, OLD);
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.EIO));
        assertThat(rig.write(0, NEW).succeeded()).isTrue();
        long asked = rig.child(0).count(Kind.READ);
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
        assertThat(rig.child(0).count(Kind.READ)).isEqualTo(asked);
        assertThat(rig.device.status().children().get(0).staleBytes()).isEqualTo(REGION);
    }

    @Test
    void aWrongBlockOnEachOfTwoChildrenInsideOneReadIsRightDataAndBothAreRepaired() {
        rig.write(0, NEW);
        rig.child(0).corrupt(512, 512);
        rig.child(1).corrupt(32768, 1024);
        assertRightAndRepaired();
    }

    @Test
    void anUnreadableBlockOnEachOfTwoChildrenInsideOneReadIsRightDataAndBothAreRepaired() {
        rig.write(0, NEW);
        rig.child(0).makeUnreadable(512, 512);
        rig.child(1).makeUnreadable(32768, 1024);
        assertRightAndRepaired();
    }

    private void assertRightAndRepaired() {
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
        assertThat(rig.events(QuorumEvent.Failure.class)).isEmpty();
        rig.events.clear();
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
        assertThat(rig.events).as("all children read alike now").isEmpty();
        assertThat(rig.children)
                .allSatisfy(child -> assertThat(child.contents(0, REGION)).isEqualTo(NEW));
    }

    @Test
    void aRepairingReadAndAWriteAtAnyMomentOfItLeaveTheChildrenEqual() {
        int moments = 0;
        for (boolean more = true; more; moments++) {
            use(QuorumOptions.of(3).readCompletion(moments % 2 == 0 ? When.THRESHOLD : When.ALL));
            rig.write(0, OLD);
            rig.children.forEach(MemoryDevice::asynchronous);
            rig.child(1).corrupt(1024, 512);
            QuorumRig.Outcome read = new QuorumRig.Outcome();
            rig.device.read(0, 4096, (data, error) -> {
                read.failed(error);
                Quorum.release(data);
            });
            more = false;
            for (int step = 0; step <= moments / 2; step++) {
                more = rig.strand.step();
            }
            assertThat(rig.write(512, QuorumRig.pattern('n', 1024)).succeeded()).isTrue();
            assertThat(read.succeeded()).isTrue();
            byte[] first = rig.child(0).contents(0, 4096);
            assertThat(first[512]).isEqualTo((byte) 'n');
            for (MemoryDevice child : rig.children) {
                assertThat(child.contents(0, 4096))
                        .as("%s, written at moment %d", child.name(), moments)
                        .isEqualTo(first);
            }
            rig.end();
        }
        assertThat(moments).isGreaterThan(12);
        use(QuorumOptions.of(3));
    }

    @Test
    void oneChildThatHangsDelaysAWriteByItsTimeoutAtMost() {
        rig.child(1).on(Kind.WRITE, Fault.hang());
        QuorumRig.Outcome write = rig.write(0, NEW);
        assertThat(write.ended).isFalse();
        seconds(5);
        assertThat(write.succeeded()).isTrue();
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
    }

    @Test
    void withCompletionAtTheThresholdOneChildThatHangsDelaysNothing() {
        use(QuorumOptions.of(3).writeCompletion(When.THRESHOLD));
        rig.child(1).on(r -> r.kind() != Kind.FLUSH && r.kind() != Kind.CLOSE, Fault.hang());
        assertThat(rig.write(0, NEW).succeeded()).isTrue();
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
    }

    @Test
    void withOneOfThreeChildrenMissingAtTheStartItOpensDegradedAndServes() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(REGION), before -> before.unreachable.add("child-b"));
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.DEGRADED);
        assertThat(rig.device.status().children().get(1).state()).isEqualTo(ChildState.FAULTED);
        assertThat(rig.write(0, NEW).succeeded()).isTrue();
        assertThat(rig.read(0, REGION).bytes()).isEqualTo(NEW);
        assertThat(rig.flush().succeeded()).isTrue();
        rig.unreachable.clear();
        seconds(40);
        assertThat(rig.child(1).contents(0, REGION)).isEqualTo(NEW);
        assertThat(rig.device.status().health()).isEqualTo(QuorumStatus.Health.UP);
    }

    @Test
    void aDiscardReachesEveryChildAndReadsAsZeroes() {
        rig.write(0, NEW);
        assertThat(rig.zero(0, REGION).succeeded()).isTrue();
        for (MemoryDevice child : rig.children) {
            assertThat(child.contents(0, REGION)).containsOnly(0);
            assertThat(child.requests())
                    .as("asked to free it, not to write zeroes")
                    .filteredOn(request -> request.kind() == Kind.ZEROES)
                    .singleElement()
                    .matches(request -> request.length() == REGION);
        }
        assertThat(rig.read(0, REGION).bytes()).containsOnly(0);
    }

    @Test
    void aChildThatIsLongerThanTheRestIsNamedWithBothLengths() {
        assertThatThrownBy(() -> new QuorumRig(
                        QuorumOptions.of(3), before -> before.child(1).resize(QuorumRig.SIZE + 512)))
                .hasMessageContainingAll("child-b", "" + QuorumRig.SIZE, "" + (QuorumRig.SIZE + 512));
    }

    @Test
    void withFifoAWriteThatFailedEverywhereIsNotAcknowledgedWhateverTheThreshold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuorumOptions.of(3)
                        .readPattern(ReadPattern.FIFO)
                        .voteThreshold(0)
                        .build());
        for (int threshold = 0; threshold <= 3; threshold++) {
            QuorumOptions.Builder options = QuorumOptions.of(3).readPattern(ReadPattern.FIFO);
            // 0: left out.
            use(threshold == 0 ? options : options.voteThreshold(threshold));
            rig.write(0, OLD);
            rig.children.forEach(child -> child.on(Kind.WRITE, Fault.fail(Errno.ENOSPC)));
            assertThat(rig.write(0, NEW).error).extracting(e -> e.code()).isEqualTo(Errno.ENOSPC);
            assertThat(rig.read(0, REGION).bytes()).isEqualTo(OLD);
            rig.end();
        }
        use(QuorumOptions.of(3));
    }

    @Test
    void readsThatFailOnAnyChildrenAreDataOrTheVotedError() {
        List<Errno> errors = List.of(Errno.EIO, Errno.ENOSPC, Errno.EIO);
        for (int failing = 0; failing < 8; failing++) {
            use(QuorumOptions.of(3));
            rig.write(0, NEW);
            for (int child = 0; child < 3; child++) {
                if ((failing & 1 << child) != 0) {
                    rig.child(child).on(Kind.READ, Fault.fail(errors.get(child)));
                }
            }
            QuorumRig.Outcome read = rig.read(0, REGION);
            switch (failing) {
                case 0b011 -> assertThat(read.error).extracting(e -> e.code()).isEqualTo(Errno.ENOSPC);
                case 0b101, 0b110, 0b111 ->
                    assertThat(read.error).extracting(e -> e.code()).isEqualTo(Errno.EIO);
                default -> assertThat(read.bytes()).isEqualTo(NEW);
            }
            rig.end();
        }
        use(QuorumOptions.of(3));
    }

    private void use(QuorumOptions.Builder options) {
        rig = new QuorumRig(options.regionSize(REGION));
    }

    private void seconds(int seconds) {
        rig.strand.advance(Duration.ofSeconds(seconds).toNanos());
    }
}
