package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a start does with every mixture of files and sidecars (contract 1 "Creation", "Length", 6.8). */
class VolumeStartTest extends StartScene {

    @Test
    void makesAllFilesAtTheVeryFirstStart() {
        VolumeState state = start();
        assertThat(List.of(a.length, b.length, c.length)).containsOnly(SIZE);
        assertThat(state.size()).isEqualTo(SIZE);
        assertThat(state.isKnown()).isTrue();
        assertThat(state.stoppedCleanly()).isTrue();
        assertThat(state.stale().of("a").isEmpty()).isTrue();
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void keepsTheIdentityItMade() {
        VolumeIdentity identity = start().identity();
        assertThat(identity.wwn()).matches("6025144[0-9a-f]{25}");
        assertThat(start().identity()).isEqualTo(identity);
        assertThat(identity.naa()).hasSize(16);
    }

    @Test
    void takesTheConfiguredIdentity() {
        wwn = "6001405AABBCCDDEEFF0011223344556";
        assertThat(start().identity().wwn()).isEqualTo("6001405aabbccddeeff0011223344556");
        wwn = "6001405aabbccddeeff0011223344557";
        assertThatThrownBy(this::start).isInstanceOf(StateException.class).hasMessageContaining("wwn says");
    }

    @Test
    void refusesToCreateWithoutASize() {
        size = 0;
        assertThatThrownBy(this::start).isInstanceOf(StateException.class).hasMessageContaining("has no size");
    }

    @Test
    void finishesACreationThatWasCutShortAnywhere() {
        for (long at = 1; ; at++) {
            storage = new SimStorage();
            for (SimPlace place : List.of(a, b, c)) {
                place.deleteFile();
                place.sidecar = null;
            }
            storage.losePowerAt(at);
            try {
                start();
                assertThat(at).isGreaterThan(4);
                return;
            } catch (SimStorage.PowerLoss loss) {
                storage = storage.afterPowerLoss(random);
            }
            VolumeState state = start();
            assertThat(state.stale().of("b").isEmpty()).isTrue();
            assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
        }
    }

    @Test
    void survivesAPowerLossAnywhereInALaterStart() {
        for (long at = 1; ; at++) {
            storage = new SimStorage();
            a.deleteFile();
            b.deleteFile();
            c.deleteFile();
            List.of(a, b, c).forEach(place -> place.sidecar = null);
            VolumeIdentity identity = start().identity();
            storage.losePowerAt(storage.operations() + at);
            try {
                start();
                return;
            } catch (SimStorage.PowerLoss loss) {
                storage = storage.afterPowerLoss(random);
            }
            VolumeState state = start();
            assertThat(state.identity()).isEqualTo(identity);
            assertThat(state.isKnown()).isTrue();
            assertThat(state.stale().of("c").isEmpty()).isTrue();
            assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
        }
    }

    @Test
    void neverMakesAMissingFileAgain() {
        start();
        b.deleteFile();
        assertStandings(start(), Standing.CURRENT, Standing.FAULTED, Standing.CURRENT);
        assertThat(b.length).isNegative();
    }

    @Test
    void refusesWhenTwoOfThreeFilesVanished() {
        start();
        a.deleteFile();
        b.deleteFile();
        assertThatThrownBy(this::start)
                .isInstanceOf(StateException.class)
                .hasMessage("Volume disk0 has only 1 of 3 children to vote and needs 2"
                        + " (a: its file does not exist; b: its file does not exist).");
    }

    @Test
    void givesNoVoteToAFileMadeAnewBesideItsOldSidecar() {
        start();
        b.deleteFile();
        b.create(SIZE);
        VolumeState state = start();
        assertStandings(state, Standing.CURRENT, Standing.STALE, Standing.CURRENT);
        assertThat(state.stale().of("b").count()).isEqualTo(state.regions());
        state.stale().remove("b", 0, 10);
        state.doubtful("c").add(4, 6, error -> assertThat(error).isNull());
        close(state, true);
        VolumeState next = start();
        assertThat(next.stale().of("b").count()).isEqualTo(state.regions() - 10);
        assertThat(next.doubtful("c").regions().count()).isEqualTo(2);
    }

    @Test
    void givesNoVoteToAFileMadeAnewWithoutASidecar() {
        start();
        b.sidecar = null;
        assertStandings(start(), Standing.CURRENT, Standing.STALE, Standing.CURRENT);
    }

    @Test
    void faultsAChildOfAnotherLength() {
        start();
        c.length = SIZE - 512;
        VolumeState state = start();
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.FAULTED);
        assertThat(state.verdicts().get(2).reason()).contains("67108352").contains("67108864");
    }

    @Test
    void tellsAChildThatWasRolledBack() {
        start();
        SimPlace backup = c.copy();
        start();
        VolumeState state = start(a, b, backup);
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.STALE);
        assertThat(state.verdicts().get(2).reason()).contains("an old copy was put back");
    }

    @Test
    void doesNotTakeAnAbsentChildForOneRolledBack() {
        start();
        start(a, b, new SimPlace());
        start(a, b, new SimPlace());
        assertStandings(start(), Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void refusesSwappedChildrenUntilTheyAreAccepted() throws Exception {
        start();
        assertThatThrownBy(() -> start(b, a, c)).isInstanceOfSatisfying(StateException.class, refused -> {
            assertThat(refused.description()).contains("a: its sidecar belongs to another child (b)");
            assertThat(refused.action()).contains("touch state/disk0/accept-children");
        });
        storage.replace("disk0/accept-children", new byte[0]);
        VolumeState state = start(b, a, c);
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
        assertThat(state.isKnown()).isFalse();
        assertThat(storage.read("disk0/accept-children")).isNull();
        assertStandings(start(b, a, c), Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void givesNoVoteToAForeignChild() {
        start();
        SimPlace foreign = new SimPlace();
        SimStorage elsewhere = storage;
        storage = new SimStorage();
        start(foreign, new SimPlace(), new SimPlace());
        storage = elsewhere;
        assertStandings(start(foreign, b, c), Standing.STALE, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void givesNoVoteToANewChildAndForgetsTheOneItReplaces() {
        start();
        SimPlace d = new SimPlace();
        d.create(SIZE);
        VolumeState state = start(List.of(a.found("a"), b.found("b"), d.found("d")));
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.STALE);
        assertThat(state.notes()).anyMatch(note -> note.contains("Child c is no longer configured"));
        assertThat(storage.list("disk0").stream().filter(name -> name.startsWith("stale-")))
                .hasSize(3);
    }

    @Test
    void takesExistingImagesWithoutASizeAndComparesThem() {
        List.of(a, b, c).forEach(place -> place.create(SIZE));
        size = 0;
        VolumeState state = start();
        assertThat(state.isKnown()).isFalse();
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void refusesExistingImagesOfDifferentLengthAndNamesTheOddOne() {
        List.of(a, b, c).forEach(place -> place.create(SIZE));
        b.length = 512;
        assertThatThrownBy(this::start).hasMessage("Child b of volume disk0 has 512 bytes, the others have 67108864.");
    }

    @Test
    void makesNoFileWhenAnotherChildExists() {
        a.create(SIZE);
        b.create(SIZE);
        VolumeState state = start();
        assertThat(c.length).isNegative();
        assertStandings(state, Standing.CURRENT, Standing.CURRENT, Standing.FAULTED);
        assertThat(state.stale().of("c").count()).isEqualTo(state.regions());
    }

    @Test
    void makesNoFileWhileAnotherChildMightExist() {
        assertThatThrownBy(() -> start(List.of(
                        ChildFound.unreachable("a", "connection refused", null),
                        ChildFound.unreachable("b", "connection refused", null),
                        c.found("c"))))
                .hasMessageContaining("a: connection refused");
        assertThat(c.length).isNegative();
    }

    @Test
    void goesOnWithoutSidecarsWhereNoneCanBeWritten() {
        List.of(a, b, c).forEach(place -> place.readOnlyFolder = true);
        assertThat(start().notes()).anyMatch(note -> note.contains("cannot be written (Read-only file system)"));
        assertStandings(start(), Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void remembersAnUncleanStopAndWhatWasBeingWritten() {
        VolumeState state = start();
        state.intent().mark(5, 7, error -> assertThat(error).isNull());
        strand.runAll();
        VolumeState after = start();
        assertThat(after.stoppedCleanly()).isFalse();
        assertThat(after.intent().unsettled().count()).isEqualTo(2);
        after.intent().remove(0, after.regions());
        assertThat(after.intent().marked().count()).isEqualTo(2);
        after.intent().settled(5, 7);
        after.intent().remove(0, after.regions());
        close(after, true);
        VolumeState clean = start();
        assertThat(clean.stoppedCleanly()).isTrue();
        assertThat(clean.intent().marked().isEmpty()).isTrue();
    }
}
