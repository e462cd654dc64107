package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Too few children for a while: whoever asks is told to ask again, not that the medium is bad. */
class QuorumOutageTest {

    private static final int REGION = 65536;

    private QuorumRig rig = QuorumRig.of(3);

    @AfterEach
    void nothingLeft() {
        rig.end();
    }

    @Test
    void requestsThatAreCaughtByItAreToBeRepeated() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.unreachable.add("child-b");
        rig.unreachable.add("child-c");
        rig.child(1).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.child(2).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        assertThat(code(rig.read(0, 512))).isEqualTo(Errno.EBUSY);
    }

    @Test
    void requestsMeanwhileAreToBeRepeatedUntilEnoughAreBack() {
        rig.write(0, QuorumRig.pattern(1, 512));
        rig.flush();
        lose(1);
        lose(2);
        assertThat(code(rig.read(0, 512))).isEqualTo(Errno.EBUSY);
        assertThat(code(rig.write(0, QuorumRig.pattern(2, 512)))).isEqualTo(Errno.EBUSY);
        assertThat(code(rig.zero(0, 512))).isEqualTo(Errno.EBUSY);
        assertThat(code(rig.flush())).isEqualTo(Errno.EBUSY);
        rig.unreachable.remove("child-b");
        seconds(40);
        assertThat(rig.write(0, QuorumRig.pattern(2, 512)).succeeded()).isTrue();
        assertThat(rig.flush().succeeded()).isTrue();
        assertThat(rig.read(0, 512).bytes()).isEqualTo(QuorumRig.pattern(2, 512));
    }

    @Test
    void fifoNeedsOneInSync() {
        rig = new QuorumRig(QuorumOptions.of(3).regionSize(REGION).readPattern(QuorumOptions.ReadPattern.FIFO));
        for (int child = 0; child < 3; child++) {
            lose(child);
        }
        assertThat(code(rig.read(0, 512))).isEqualTo(Errno.EBUSY);
        rig.unreachable.clear();
        seconds(40);
        assertThat(rig.read(0, 512).succeeded()).isTrue();
    }

    @Test
    void childrenThatAnswerAndDisagreeAreNoOutage() {
        rig.write(0, QuorumRig.pattern(1, 512));
        lose(2);
        rig.child(0).corrupt(0, 512);
        assertThat(code(rig.read(0, 512))).isEqualTo(Errno.EIO);
    }

    private void lose(int child) {
        rig.unreachable.add(QuorumRig.nodeName(child));
        rig.child(child).on(Kind.READ, Fault.fail(Errno.ENODEV)).times(1);
        rig.read(REGION, 512);
    }

    private void seconds(int seconds) {
        rig.strand.advance(Duration.ofSeconds(seconds).toNanos());
    }

    private static @Nullable Errno code(QuorumRig.Outcome outcome) {
        return outcome.error == null ? null : outcome.error.code();
    }
}
