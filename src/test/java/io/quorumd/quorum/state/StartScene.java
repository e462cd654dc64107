package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.sim.SimStrand;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A volume of three children and its state, and its starts. */
abstract class StartScene {

    static final long SIZE = 64 << 20;

    final Random random = new Random(7);
    final SimStrand strand = new SimStrand(random);
    SimStorage storage = new SimStorage();
    final SimPlace a = new SimPlace();
    final SimPlace b = new SimPlace();
    final SimPlace c = new SimPlace();
    String wwn = "";
    long size = SIZE;

    VolumeState start() {
        return start(a, b, c);
    }

    VolumeState start(SimPlace first, SimPlace second, SimPlace third) {
        return start(List.of(first.found("a"), second.found("b"), third.found("c")));
    }

    VolumeState start(List<ChildFound> found) {
        return new StateDirectory(storage, () -> {}, strand.worker(1000), random).start(wish(), found, strand);
    }

    VolumeWish wish() {
        return new VolumeWish("disk0", size, 512, 1 << 20, 2, wwn);
    }

    void close(VolumeState state, boolean clean) {
        List<String> ends = new ArrayList<>();
        state.close(clean, error -> ends.add(String.valueOf(error)));
        strand.runAll();
        assertThat(ends).containsExactly("null");
    }

    static void assertStandings(VolumeState state, Standing... standings) {
        assertThat(state.verdicts()).extracting(ChildVerdict::standing).containsExactly(standings);
    }
}
