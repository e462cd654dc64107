package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.sim.SimStrand;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a start does with every mixture of state, files and sidecars (contract 1 "Creation", "Length", 6.8, 6.9). */
class VolumeStartTest {

    private static final long SIZE = 64 << 20;

    private final Random random = new Random(7);
    private final SimStrand strand = new SimStrand(random);
    private SimStorage storage = new SimStorage();
    private final SimPlace a = new SimPlace();
    private final SimPlace b = new SimPlace();
    private final SimPlace c = new SimPlace();
    private String wwn = "";
    private long size = SIZE;

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

    @Test
    void doesNotBelieveAChildThatLeftBeforeTheStateWasLost() {
        VolumeState state = start();
        wwn = state.identity().wwn();
        state.childLeft("b");
        strand.runAll();
        storage = new SimStorage();
        assertStandings(start(), Standing.CURRENT, Standing.STALE, Standing.CURRENT);
    }

    private ChildVerdict returned(VolumeState state, SimPlace place) {
        List<ChildVerdict> verdicts = new ArrayList<>();
        state.childReturned(place.found("b"), verdicts::add);
        strand.runAll();
        return verdicts.getFirst();
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

    private VolumeState start() {
        return start(a, b, c);
    }

    private VolumeState start(SimPlace first, SimPlace second, SimPlace third) {
        return start(List.of(first.found("a"), second.found("b"), third.found("c")));
    }

    private VolumeState start(List<ChildFound> found) {
        return new StateDirectory(storage, () -> {}, strand.worker(1000), random).start(wish(), found, strand);
    }

    private VolumeWish wish() {
        return new VolumeWish("disk0", size, 512, 1 << 20, 2, wwn);
    }

    private void close(VolumeState state, boolean clean) {
        List<String> ends = new ArrayList<>();
        state.close(clean, error -> ends.add(String.valueOf(error)));
        strand.runAll();
        assertThat(ends).containsExactly("null");
    }

    private static void assertStandings(VolumeState state, Standing... standings) {
        assertThat(state.verdicts()).extracting(ChildVerdict::standing).containsExactly(standings);
    }
}
