package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A child may end any of its requests while it is asked for another (a connection that turns out to be closed fails
 * everything that is out on it), so one operation's end may come in the middle of another's.
 */
class NestedEndsTest {

    private final QuorumRig rig =
            new QuorumRig(QuorumOptions.of(3).regionSize(65536).readCompletion(When.ALL));

    @AfterEach
    void nothingLeft() {
        rig.children.forEach(MemoryDevice::releaseAll);
        rig.strand.run();
        assertThat(rig.close().ended).isTrue();
    }

    @Test
    void aLeftBehindReadThatEndsWhileItsRangeIsHandedOnIsUsedAgainByOneReadOnly() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.write(65536, QuorumRig.pattern(2, 512));
        rig.child(2).on(Kind.READ, Fault.hang()).times(1);
        QuorumRig.Outcome first = rig.read(0, 512);
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(3, 512));
        whenAsked(2, Kind.WRITE, () -> rig.child(2).releaseAll());
        rig.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(first.bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(write.succeeded()).isTrue();
        twoReadsAtOnce();
    }

    @Test
    void aLeftBehindWriteThatEndsWhileItsRangeIsHandedOnIsUsedAgainByOneWriteOnly() {
        rig.child(2).on(Kind.WRITE, Fault.hang()).times(1);
        QuorumRig.Outcome first = rig.write(0, QuorumRig.pattern(1, 512));
        QuorumRig.Outcome second = rig.write(0, QuorumRig.pattern(3, 512));
        whenAsked(0, Kind.WRITE, () -> rig.child(2).releaseAll());
        rig.strand.advance(Duration.ofSeconds(5).toNanos());
        assertThat(first.succeeded()).isTrue();
        assertThat(second.succeeded()).isTrue();
        rig.child(1).on(Kind.WRITE, Fault.hang()).times(3);
        List<QuorumRig.Outcome> atOnce = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            atOnce.add(rig.write(i * 512L, QuorumRig.pattern(4 + i, 512)));
        }
        rig.child(1).releaseAll();
        rig.strand.run();
        assertThat(atOnce).allMatch(QuorumRig.Outcome::succeeded);
        for (int i = 0; i < 3; i++) {
            assertThat(rig.read(i * 512L, 512).bytes()).isEqualTo(QuorumRig.pattern(4 + i, 512));
        }
    }

    @Test
    void aChildLostBetweenTwoChildrenOfOneReadIsOneThatCannotRead() {
        rig.write(0, QuorumRig.pattern(1, 512));
        List<QuorumRig.Outcome> nested = new ArrayList<>();
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.ENODEV)).times(1);
        whenAsked(0, Kind.READ, () -> nested.add(rig.write(65536, QuorumRig.pattern(2, 512))));
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(nested).singleElement().matches(QuorumRig.Outcome::succeeded);
    }

    @Test
    void aChildLostAtAnyMomentOfAReadThatIsSplitIsOneThatCannotRead() {
        for (int moment = 0; moment < 24; moment++) {
            QuorumRig fresh = new QuorumRig(QuorumOptions.of(3).regionSize(65536));
            fresh.write(0, QuorumRig.pattern(1, 8192));
            fresh.child(1).asynchronous().makeUnreadable(512, 512);
            fresh.child(1).on(Kind.WRITE, Fault.fail(Errno.ENODEV)).times(1);
            QuorumRig.Outcome read = new QuorumRig.Outcome();
            fresh.device.read(0, 8192, (data, error) -> {
                read.failed(error);
                Quorum.release(data);
            });
            for (int step = 0; step < moment; step++) {
                fresh.strand.step();
            }
            assertThat(fresh.write(65536, QuorumRig.pattern(2, 512)).succeeded())
                    .isTrue();
            fresh.strand.advance(1);
            assertThat(read.succeeded()).as("lost at step " + moment).isTrue();
            assertThat(fresh.write(0, QuorumRig.pattern(3, 8192)).succeeded())
                    .as("its range is free again, lost at step " + moment)
                    .isTrue();
            assertThat(fresh.close().ended).isTrue();
        }
    }

    private void twoReadsAtOnce() {
        rig.child(1).on(Kind.READ, Fault.hang()).times(2);
        QuorumRig.Outcome one = rig.read(0, 512);
        QuorumRig.Outcome other = rig.read(65536, 512);
        rig.child(1).releaseAll();
        rig.strand.run();
        assertThat(one.bytes()).isEqualTo(QuorumRig.pattern(3, 512));
        assertThat(other.bytes()).isEqualTo(QuorumRig.pattern(2, 512));
    }

    /** Runs something the next time a child is asked, before it does anything itself. */
    private void whenAsked(int child, Kind kind, Runnable first) {
        boolean[] ran = {false};
        rig.child(child)
                .on(
                        request -> {
                            if (request.kind() == kind && !ran[0]) {
                                ran[0] = true;
                                first.run();
                            }
                            return false;
                        },
                        Fault.hang());
    }
}
