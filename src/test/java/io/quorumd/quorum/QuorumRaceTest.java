package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.quorum.QuorumEvent.ReportBad;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reads that repair and writes to the same blocks at the same time, on children that take their time. */
class QuorumRaceTest {

    private static final int ROUNDS = 100;
    private static final int LENGTH = 4096;

    private final Random random = new Random(42);

    @Test
    void repairingReadsThatRaceAWriteNeverLeaveTheChildrenDifferent() {
        int found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            found += race(true).size();
        }
        // Unless a write came first and mended it.
        assertThat(found).isPositive();
    }

    @Test
    void aRaceAloneAccusesNobody() {
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(race(false)).isEmpty();
        }
    }

    private List<ReportBad> race(boolean damaged) {
        QuorumRig rig = QuorumRig.of(3);
        rig.write(0, QuorumRig.pattern(1, LENGTH));
        rig.children.forEach(child -> child.on(r -> r.kind() != Kind.CLOSE, Fault.delay(random.nextLong(1_000_000))));
        if (damaged) {
            rig.child(random.nextInt(3)).corrupt(512, 512);
        }
        List<QuorumRig.Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            if (i != 0 && random.nextBoolean()) {
                outcomes.add(rig.write(512L * random.nextInt(4), QuorumRig.pattern(2 + i, 1024)));
            } else {
                outcomes.add(rig.read(0, LENGTH));
            }
            rig.strand.advance(random.nextLong(1_000_000));
        }
        rig.strand.advance(100_000_000);
        assertThat(outcomes)
                .allSatisfy(outcome -> assertThat(outcome.succeeded()).isTrue());
        byte[] content = rig.child(0).contents(0, LENGTH);
        assertThat(rig.child(1).contents(0, LENGTH)).isEqualTo(content);
        assertThat(rig.child(2).contents(0, LENGTH)).isEqualTo(content);
        List<ReportBad> accused = rig.events(ReportBad.class);
        assertThat(rig.device.status().margin()).isEqualTo(1);
        rig.close();
        rig.strand.advance(100_000_000);
        return accused;
    }
}
