package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a start does where the state is lost, older than the sidecars, or damaged (contract 6.9). */
class LostStateTest extends StartScene {

    @Test
    void refusesLostStateUnlessTheIdentityIsGiven() {
        String identity = start().identity().wwn();
        storage = new SimStorage();
        assertThatThrownBy(this::start).isInstanceOfSatisfying(StateException.class, refused -> {
            assertThat(refused.description()).contains("has no state");
            assertThat(refused.action()).contains("wwn: \"" + identity + "\"");
        });
        wwn = identity;
        size = 0;
        VolumeState state = start();
        assertThat(state.isKnown()).isFalse();
        assertThat(state.size()).isEqualTo(SIZE);
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
        state.markKnown(error -> assertThat(error).isNull());
        close(state, true);
        assertThat(start().isKnown()).isTrue();
    }

    @Test
    void believesNoChildThatMissedStartsWhenTheStateIsLost() {
        wwn = start().identity().wwn();
        start(a, b, new SimPlace());
        storage = new SimStorage();
        assertStandings(start(), Standing.CURRENT, Standing.CURRENT, Standing.STALE);
    }

    @Test
    void knowsNothingWhenTheStateIsOlderThanTheSidecars() {
        VolumeState first = start();
        first.stale().add("a", 3, 4, error -> assertThat(error).isNull());
        close(first, false);
        SimStorage backup = storage.copy();
        start(a, b, new SimPlace());
        storage = backup;
        VolumeState state = start();
        assertThat(state.isKnown()).isFalse();
        assertThat(state.notes()).anyMatch(note -> note.contains("is older"));
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.STALE);
        assertThat(state.stale().of("a").isEmpty()).isTrue();
    }

    @Test
    void doesNotBelieveAChildThatLeftBeforeTheStateWasLost() {
        VolumeState state = start();
        wwn = state.identity().wwn();
        state.childLeft("b");
        strand.runAll();
        storage = new SimStorage();
        assertStandings(start(), Standing.CURRENT, Standing.STALE, Standing.CURRENT);
    }

    @Test
    void noticesAnyDamagedByteOfItsRecord() {
        start();
        byte[] record = storage.bytes("disk0/volume.json");
        for (int at = 0; at < record.length; at++) {
            record[at] ^= 0x20;
            assertThatThrownBy(this::start)
                    .isInstanceOfSatisfying(
                            StateException.class,
                            refused -> assertThat(refused.action()).contains("Move the folder state/disk0 away"));
            record[at] ^= 0x20;
        }
    }

    @Test
    void noticesAnyDamagedByteOfASidecar() {
        start();
        start();
        byte[] whole = Objects.requireNonNull(c.copy().sidecar);
        for (int at = 0; at < whole.length; at++) {
            c.sidecar = whole.clone();
            c.sidecar[at] ^= 1;
            StartPlan plan = new StartDecision(
                            wish(),
                            "state/disk0",
                            Arrays.asList(
                                    SidecarReader.evidence(a.found("a")),
                                    SidecarReader.evidence(b.found("b")),
                                    SidecarReader.evidence(c.found("c"))),
                            false,
                            random)
                    .decide(VolumeStart.readRecord(storage, "disk0"));
            assertThat(plan.members().get(2).verdict().standing()).isEqualTo(Standing.STALE);
        }
    }

    @Test
    void refusesAMapThatIsGoneOrDamagedTwice() throws Exception {
        start();
        storage.bytes("disk0/intent.map")[100] ^= 1;
        assertThat(start().notes()).anyMatch(note -> note.contains("one bad copy"));
        storage.bytes("disk0/intent.map")[100 + MapPage.BYTES] ^= 1;
        assertThatThrownBy(this::start).hasMessageContaining("damaged in both copies");
        storage.delete("disk0/intent.map");
        assertThatThrownBy(this::start).hasMessage("state/disk0/intent.map is gone.");
    }
}
