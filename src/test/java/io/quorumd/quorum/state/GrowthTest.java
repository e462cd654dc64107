package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.sim.SimStrand;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Volumes made longer: what is recorded of the old length stays, and a crash anywhere leaves a volume that starts. */
class GrowthTest {

    private static final int REGION = 1 << 20;
    /** The last region is half a one. */
    private static final long OLD = 64L * REGION - REGION / 2;

    private static final long NEW = 200_000L * REGION;

    private final Random random = new Random(11);
    private final SimStrand strand = new SimStrand(random);
    private SimStorage storage = new SimStorage();
    private List<SimPlace> places = List.of();
    private long remoteLength = -1;
    /** There is no space for the second child to grow. */
    private boolean full;

    @Test
    void keepsWhatIsKnownAndMakesEverythingLonger() throws Exception {
        startAndClose();
        grow(NEW);
        VolumeState state = start();
        assertThat(state.size()).isEqualTo(NEW);
        assertThat(places).allMatch(place -> place.length == NEW);
        assertThat(state.stale().of("b").regions()).isEqualTo(200_000);
        assertKept(state);
        assertThat(state.intent().unsettled().isEmpty())
                .as("all is made of zeroes")
                .isTrue();
        state.stale().add("c", 199_999, 200_000, error -> assertThat(error).isNull());
        close(state);
        assertThat(start().stale().of("c").contains(199_999)).isTrue();
    }

    @Test
    void aPowerLossAnywhereLeavesAVolumeThatStarts() throws Exception {
        int grown = 0;
        for (long at = 1; ; at++) {
            storage = new SimStorage();
            startAndClose();
            storage.losePowerAt(storage.operations() + at);
            boolean completed = true;
            try {
                grow(NEW);
                start();
            } catch (SimStorage.PowerLoss loss) {
                completed = false;
                storage = storage.afterPowerLoss(random);
            }
            storage.losePowerAt(Long.MAX_VALUE);
            VolumeState state = start();
            assertThat(state.size()).isIn(OLD, NEW);
            assertThat(places).allMatch(place -> place.length == state.size());
            assertKept(state);
            grown += state.size() == NEW ? 1 : 0;
            if (completed) {
                break;
            }
        }
        assertThat(grown).as("losses after which it went on growing").isGreaterThan(8);
    }

    @Test
    void aFileThatCannotGrowLeavesTheOldLengthServedUntilItCan() throws Exception {
        startAndClose();
        grow(NEW);
        full = true;
        VolumeState state = start();
        assertThat(state.size()).isEqualTo(OLD);
        assertThat(state.verdicts()).extracting(ChildVerdict::standing).containsOnly(Standing.CURRENT);
        assertThat(state.admits(NEW) && state.admits(OLD)).isTrue();
        assertThat(state.admits(OLD - 512) || state.admits(NEW + 512)).isFalse();
        assertThat(state.notes())
                .anyMatch(note -> note.contains("Child b cannot be made " + NEW + " bytes long: No space left"));
        close(state);
        full = false;
        VolumeState next = start();
        assertThat(next.size()).isEqualTo(NEW);
        // The others' new bytes have been there for a while: who knows who has been at them.
        assertThat(next.intent().unsettled().nextClear(63, 200_000)).isEqualTo(200_000);
        assertThat(next.intent().unsettled().nextSet(0, 63)).isEqualTo(63);
        assertKept(next);
    }

    @Test
    void whatIsNewOnADiskOfAnotherMakeIsComparedBeforeItIsRead() throws Exception {
        remoteLength = OLD;
        startAndClose();
        grow(NEW);
        VolumeState shorter = start();
        assertThat(shorter.size()).isEqualTo(OLD);
        close(shorter);
        remoteLength = NEW;
        VolumeState state = start();
        assertThat(state.size()).isEqualTo(NEW);
        assertThat(state.intent().unsettled().nextClear(63, 200_000)).isEqualTo(200_000);
        assertKept(state);
    }

    @Test
    void aChildThatIsAwayIsWaitedFor() throws Exception {
        startAndClose();
        grow(NEW);
        places.get(2).deleteFile();
        VolumeState state = start();
        assertThat(state.size()).isEqualTo(OLD);
        assertThat(state.verdicts())
                .extracting(ChildVerdict::standing)
                .containsExactly(Standing.CURRENT, Standing.CURRENT, Standing.FAULTED);
    }

    @Test
    void neverGetsShorterOrCutsABlock() throws Exception {
        startAndClose();
        for (long size : new long[] {OLD, OLD - 512, NEW + 1}) {
            assertThatThrownBy(() -> grow(size)).isInstanceOf(IllegalArgumentException.class);
        }
        grow(NEW);
        assertThatThrownBy(() -> grow(NEW - 512)).isInstanceOf(IllegalArgumentException.class);
    }

    private void startAndClose() throws Exception {
        places = Stream.generate(SimPlace::new).limit(3).toList();
        if (remoteLength >= 0) {
            // Children without state: taken as they are, once they have been compared.
            places.get(0).create(OLD);
            places.get(1).create(OLD);
        }
        VolumeState state = start();
        state.stale().add("b", 3, 5, error -> assertThat(error).isNull());
        state.doubtful("c").add(63, 64, error -> assertThat(error).isNull());
        state.markKnown(error -> assertThat(error).isNull());
        strand.runAll();
        close(state);
    }

    private void assertKept(VolumeState state) {
        assertThat(state.isKnown()).isTrue();
        assertThat(state.stale().of("b").count()).isEqualTo(2);
        assertThat(state.stale().of("b").containsAll(3, 5)).isTrue();
        assertThat(state.doubtful("c").regions().count()).isEqualTo(1);
        assertThat(state.doubtful("c").regions().contains(63)).isTrue();
    }

    private void grow(long size) {
        directory().grow("disk0", size);
    }

    private VolumeState start() {
        ChildFound third = remoteLength < 0 ? places.get(2).found("c") : ChildFound.present("c", remoteLength, null);
        SimPlace b = places.get(1);
        ChildFound second = full ? ChildFound.present("b", b.length, new FullPlace(b)) : b.found("b");
        List<ChildFound> found = List.of(places.get(0).found("a"), second, third);
        VolumeWish wish = new VolumeWish("disk0", remoteLength < 0 ? OLD : 0, 512, REGION, 2, "");
        return directory().start(wish, found, strand);
    }

    private StateDirectory directory() {
        return new StateDirectory(storage, () -> {}, strand.worker(1000), random);
    }

    private void close(VolumeState state) {
        boolean[] closed = new boolean[1];
        state.close(true, error -> closed[0] = error == null);
        strand.runAll();
        assertThat(closed[0]).isTrue();
    }

    private record FullPlace(SimPlace place) implements ChildPlace {

        @Override
        public void create(long length) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public String fileMark() {
            return place.fileMark();
        }

        @Override
        public String markFile(UUID child) {
            return place.markFile(child);
        }

        @Override
        public byte @Nullable [] readSidecar() {
            return place.readSidecar();
        }

        @Override
        public void writeSidecar(byte[] content) throws IOException {
            place.writeSidecar(content);
        }
    }
}
