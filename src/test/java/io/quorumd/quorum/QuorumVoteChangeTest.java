package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The vote changed while the device is open (section 6.4). */
class QuorumVoteChangeTest {

    private final QuorumRig rig = QuorumRig.of(3);
    private final List<@Nullable BlockError> ends = new ArrayList<>();

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void aReadNeedsTheNewNumberOfEqualAnswers() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).corrupt(0, 512);
        vote(3, ReadPattern.QUORUM);
        assertThat(rig.read(0, 512).error).isNotNull();
        vote(2, ReadPattern.QUORUM);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(ends).containsExactly(null, null);
        assertThat(rig.device.status().threshold()).isEqualTo(2);
    }

    @Test
    void aWriteNeedsTheNewNumberOfChildren() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC));
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.ENOSPC));
        assertThat(rig.write(0, QuorumRig.pattern(1, 512)).error).isNotNull();
        vote(1, ReadPattern.QUORUM);
        assertThat(rig.write(65536, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(rig.read(65536, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
        // Two copies lack what was acknowledged: no two may be asked for before they have it.
        vote(2, ReadPattern.QUORUM);
        assertThat(ends.getLast()).isNotNull();
        assertThat(rig.read(65536, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void fifoTakesTheFirstAnswerAndQuorumVotesAgain() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.child(0).corrupt(0, 512);
        vote(2, ReadPattern.FIFO);
        assertThat(rig.read(0, 512).bytes()).isNotEqualTo(QuorumRig.pattern(1, 512));
        vote(2, ReadPattern.QUORUM);
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(1, 512));
        assertThat(rig.child(0).contents(0, 512)).isEqualTo(QuorumRig.pattern(1, 512));
    }

    @Test
    void aRequestEndsByTheVoteItBeganWith() {
        rig.child(0).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.child(1).on(Kind.WRITE, Fault.fail(Errno.ENOSPC)).times(1);
        rig.child(2).on(Kind.WRITE, Fault.hang()).times(1);
        QuorumRig.Outcome write = rig.write(0, QuorumRig.pattern(1, 512));
        vote(1, ReadPattern.QUORUM);
        QuorumRig.Outcome after = rig.read(1 << 20, 512);
        assertThat(ends).isEmpty();
        assertThat(after.ended).isFalse();

        rig.child(2).releaseAll();
        rig.strand.run();
        assertThat(write.error).as("one of three was not enough when it began").isNotNull();
        assertThat(ends).hasSize(1).containsOnlyNulls();
        assertThat(after.succeeded()).isTrue();
    }

    @Test
    void aClosedDeviceIsLeftAsItIs() {
        rig.close();
        vote(3, ReadPattern.QUORUM);
        assertThat(ends).singleElement().isNotNull();
        assertThat(rig.device.status().threshold()).isEqualTo(2);
    }

    private void vote(int threshold, ReadPattern pattern) {
        boolean rewrites = pattern == ReadPattern.QUORUM;
        rig.device.vote(rig.device.options().voting(threshold, pattern, rewrites), ends::add);
        rig.strand.run();
    }
}
