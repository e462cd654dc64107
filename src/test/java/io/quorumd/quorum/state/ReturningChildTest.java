package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a child that comes back is who it was (contract 6.8). */
class ReturningChildTest extends StartScene {

    @Test
    void tellsAReturningFileFromOneMadeAnewInItsPlace() {
        VolumeState state = start();
        SimPlace old = b.copy();
        state.childLeft("b");
        strand.runAll();
        assertThat(returned(state, old).standing()).isEqualTo(Standing.CURRENT);
        state.childLeft("b");
        b.deleteFile();
        b.create(SIZE);
        ChildVerdict verdict = returned(state, b);
        assertThat(verdict.standing()).isEqualTo(Standing.STALE);
        assertThat(state.stale().isDurable("b", 0, state.regions())).isTrue();
        state.stale().remove("b", 0, state.regions());
        close(state, true);
        assertStandings(start(a, old, c), Standing.CURRENT, Standing.STALE, Standing.CURRENT);
    }

    @Test
    void doesNotConfirmAFileThatWasExchangedUnnoticed() {
        VolumeState state = start();
        b.deleteFile();
        b.create(SIZE);
        state.childLeft("a");
        strand.runAll();
        state.childLeft("b");
        assertThat(returned(state, b).standing()).isEqualTo(Standing.STALE);
    }

    @Test
    void faultsAReturningChildOfAnotherLength() {
        VolumeState state = start();
        b.length = 512;
        assertThat(returned(state, b).standing()).isEqualTo(Standing.FAULTED);
    }

    private ChildVerdict returned(VolumeState state, SimPlace place) {
        List<ChildVerdict> verdicts = new ArrayList<>();
        state.childReturned(place.found("b"), verdicts::add);
        strand.runAll();
        return verdicts.getFirst();
    }
}
