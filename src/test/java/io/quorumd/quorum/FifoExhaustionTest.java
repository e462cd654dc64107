package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumEvent.Failure;
import io.quorumd.quorum.QuorumEvent.ReportBad;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * {@code read-pattern: fifo}, every case of up to five children: who of them is stale, fails, or answers too late. Each
 * child holds something of its own, so that the data tells who was believed.
 */
class FifoExhaustionTest {

    private static final int BLOCK = 512;
    private static final int READS = 3;
    private static final long CHILD_TIMEOUT = Duration.ofSeconds(5).toNanos();

    /** How a child takes a read. */
    private enum Mood {
        WELL,
        FAILS,
        LATE,
        STALE
    }

    private QuorumRig rig = QuorumRig.of(2);

    @Test
    void oneReadOfChildrenInEveryMood() {
        for (int children = 2; children <= 5; children++) {
            for (int mixture = 0; mixture < 1 << (2 * children); mixture++) {
                Mood[] moods = new Mood[children];
                for (int child = 0; child < children; child++) {
                    moods[child] = Mood.values()[(mixture >>> (2 * child)) & 3];
                }
                if (Arrays.stream(moods).anyMatch(mood -> mood != Mood.STALE)) {
                    open(children, child -> moods[child] == Mood.STALE);
                    read(moods);
                    rig.end();
                }
            }
        }
    }

    /**
     * One child at most is stale: the device is then one of fewer children, as the test before shows. What comes late
     * comes before the next read, or after the last.
     */
    @Test
    void threeReadsWithTwoFaultsWhoeverIsStale() {
        for (int children = 2; children <= 5; children++) {
            List<Strike> strikes = strikes(children);
            for (int one = 0; one <= children; one++) {
                int skipped = one < children ? 1 << one : 0;
                List<Strike> possible = strikes.stream()
                        .filter(strike -> (skipped & 1 << strike.child) == 0)
                        .toList();
                for (int i = 0; i < possible.size(); i++) {
                    for (int j = i; j < possible.size(); j++) {
                        readThrice(children, skipped, List.of(possible.get(i), possible.get(j)), (i + j) % 2 == 0);
                    }
                }
            }
        }
    }

    /** How a child takes one of the reads. */
    private record Strike(int place, int child, Mood mood) {}

    private static List<Strike> strikes(int children) {
        List<Strike> strikes = new ArrayList<>();
        for (int place = 0; place < READS; place++) {
            for (int child = 0; child < children; child++) {
                strikes.add(new Strike(place, child, Mood.FAILS));
                strikes.add(new Strike(place, child, Mood.LATE));
            }
        }
        return strikes;
    }

    private void readThrice(int children, int stale, List<Strike> strikes, boolean lateIsSoon) {
        Strike one = strikes.getFirst();
        Strike other = strikes.getLast();
        if (one.child == other.child && one.place != other.place && one.mood == Mood.LATE && other.mood == Mood.LATE) {
            // Late twice, it is suspended: QuorumHangTest.
            return;
        }
        open(children, child -> (stale & 1 << child) != 0);
        for (int place = 0; place < READS; place++) {
            Mood[] moods = new Mood[children];
            for (int child = 0; child < children; child++) {
                moods[child] = (stale & 1 << child) != 0 ? Mood.STALE : Mood.WELL;
            }
            for (Strike strike : strikes) {
                moods[strike.child] = strike.place == place ? strike.mood : moods[strike.child];
            }
            read(moods);
            if (lateIsSoon) {
                rig.children.forEach(MemoryDevice::releaseAll);
            }
        }
        rig.end();
    }

    private interface Choice {
        boolean of(int child);
    }

    private void open(int children, Choice stale) {
        rig = new QuorumRig(QuorumOptions.of(children)
                .voteThreshold(1)
                .readPattern(ReadPattern.FIFO)
                .regionSize(65536));
        for (int child = 0; child < children; child++) {
            if (stale.of(child)) {
                // For good: no resync may bring it back.
                rig.child(child).on(Kind.WRITE, Fault.fail(Errno.ENOSPC));
            }
        }
        assertThat(rig.write(0, new byte[BLOCK]).succeeded()).isTrue();
        for (int child = 0; child < children; child++) {
            set(child, QuorumRig.pattern(child + 1, BLOCK));
        }
    }

    /** The contract's sentence on fifo, as slowly as it reads. */
    private void read(Mood[] moods) {
        int believed = -1;
        int timeouts = 0;
        @Nullable Errno last = null;
        List<String> blamed = new ArrayList<>();
        List<Integer> asked = new ArrayList<>();
        for (int child = 0; child < moods.length && believed < 0; child++) {
            if (moods[child] != Mood.STALE) {
                asked.add(child);
            }
            switch (moods[child]) {
                case WELL -> believed = child;
                case FAILS -> last = Errno.EIO;
                case LATE -> {
                    last = Errno.ETIMEDOUT;
                    timeouts++;
                }
                case STALE -> {}
            }
            if (moods[child] == Mood.FAILS || moods[child] == Mood.LATE) {
                blamed.add(QuorumRig.nodeName(child));
            }
        }
        rig.events.clear();
        rig.children.forEach(child -> child.requests().clear());
        List<MemoryDevice.Rule> rules = new ArrayList<>();
        for (int child = 0; child < moods.length; child++) {
            if (moods[child] == Mood.FAILS || moods[child] == Mood.LATE) {
                Fault fault = moods[child] == Mood.FAILS ? Fault.fail(Errno.EIO) : Fault.hang();
                rules.add(rig.child(child).on(FifoExhaustionTest::isOurs, fault));
            }
        }
        QuorumRig.Outcome outcome = rig.read(0, BLOCK);
        rig.strand.advance(timeouts * CHILD_TIMEOUT);
        rules.forEach(MemoryDevice.Rule::clear);
        String story = Arrays.toString(moods);
        assertThat(outcome.ended).as(story).isTrue();
        if (believed < 0) {
            assertThat(outcome.error).as(story).extracting(e -> e.code()).isEqualTo(last);
        } else {
            assertThat(outcome.bytes()[0]).as(story).isEqualTo((byte) (believed + 1));
        }
        assertThat(rig.events(Failure.class))
                .as(story)
                .filteredOn(failure -> failure.sectorsCount() == 1)
                .hasSize(believed < 0 ? 1 : 0);
        assertThat(rig.events(ReportBad.class))
                .as(story)
                .filteredOn(bad -> bad.sectorsCount() == 1)
                .extracting(ReportBad::nodeName)
                .containsExactlyInAnyOrderElementsOf(blamed);
        for (int child = 0; child < moods.length; child++) {
            assertThat(rig.child(child).requests().stream().filter(FifoExhaustionTest::isOurs))
                    .as(story)
                    .hasSize(asked.contains(child) ? 1 : 0);
        }
    }

    /** Resyncs, which are tried meanwhile, read whole regions. */
    private static boolean isOurs(MemoryDevice.Request request) {
        return request.kind() == Kind.READ && request.length() == BLOCK;
    }

    /** Behind the device's back. */
    private void set(int child, byte[] content) {
        ByteBuf source = rig.allocator.directBuffer(content.length).writeBytes(content);
        rig.child(child).store(0, source);
        source.release();
    }
}
