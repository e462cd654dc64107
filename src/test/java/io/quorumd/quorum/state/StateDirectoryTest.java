package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.block.Fence;
import io.quorumd.quorum.sim.SimStrand;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real file system. */
class StateDirectoryTest {

    private static final long SIZE = 4 << 20;

    @TempDir
    Path folder;

    private final SimStrand strand = new SimStrand(new Random(5));

    /** Another process: takes the lock, says so, and holds it until its input ends. */
    static final class Holder {
        public static void main(String[] arguments) throws IOException {
            try (StateDirectory held = StateDirectory.open(Path.of(arguments[0]), Runnable::run, Fence.NONE)) {
                System.out.println("held");
                System.out.flush();
                System.in.read();
                System.out.println(held.record("disk0") == null);
            }
        }
    }

    @Test
    void keepsASecondProcessOutAndNamesTheFirst() throws Exception {
        Process holder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        root().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(this::open)
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("is in use by process " + holder.pid() + " on ");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        open().close();
    }

    @Test
    void keepsASecondOpeningInTheSameProcessOut() throws IOException {
        try (StateDirectory first = open()) {
            assertThat(first.record("disk0")).isNull();
            assertThatThrownBy(this::open).hasMessageContaining("is in use by process");
        }
    }

    @Test
    void refusesAFolderOfOtherThings() throws IOException {
        Files.createDirectories(root());
        Files.writeString(root().resolve("holiday.jpg"), "");
        assertThatThrownBy(this::open).hasMessageContaining("holds holiday.jpg");
        open(folder.resolve("other")).close();
    }

    @Test
    void refusesAnotherFormat() throws IOException {
        open().close();
        Files.writeString(root().resolve("format"), "quorumd state 2\n");
        assertThatThrownBy(this::open).hasMessageContaining("does not say \"quorumd state 1\"");
    }

    @Test
    void refusesNamesThatAreNoNames() throws IOException {
        try (StateDirectory directory = open()) {
            for (String name : List.of("", "..", "a/b", ".hidden", "x".repeat(65))) {
                assertThatThrownBy(() -> directory.start(wish(name), List.of(), strand))
                        .hasMessageContaining("cannot be the name of a volume");
            }
        }
    }

    @Test
    void makesFilesSidecarsAndMapsAndFindsThemAgain() throws IOException {
        List<Path> files = List.of(folder.resolve("data/a.img"), folder.resolve("data/b.img"));
        VolumeIdentity identity;
        try (StateDirectory directory = open()) {
            VolumeState state = directory.start(wish("disk0"), found(files), strand);
            identity = state.identity();
            assertThat(files).allSatisfy(file -> assertThat(file).hasSize(SIZE));
            state.stale().add("b", 1, 3, error -> assertThat(error).isNull());
            state.reservations()
                    .write(
                            "lun0",
                            new byte[] {1, 2, 3},
                            error -> assertThat(error).isNull());
            strand.runAll();
            assertThatThrownBy(() -> directory.start(wish("disk0"), found(files), strand))
                    .hasMessageContaining("started already");
        }
        try (StateDirectory directory = open()) {
            VolumeState state = directory.start(wish("disk0"), found(files), strand);
            assertThat(state.identity()).isEqualTo(identity);
            assertThat(state.verdicts()).allMatch(verdict -> verdict.standing() == Standing.CURRENT);
            assertThat(state.stoppedCleanly()).isFalse();
            assertThat(state.stale().of("b").count()).isEqualTo(2);
            assertThat(state.reservations().read("lun0")).containsExactly(1, 2, 3);
            state.close(true, error -> assertThat(error).isNull());
            strand.runAll();
        }
        Files.delete(files.get(1));
        Files.write(files.get(1), new byte[(int) SIZE]);
        try (StateDirectory directory = open()) {
            VolumeState state = directory.start(wish("disk0"), found(files), strand);
            assertThat(state.stoppedCleanly()).isTrue();
            assertThat(state.verdicts().get(1).standing()).isEqualTo(Standing.STALE);
        }
    }

    @Test
    void noticesAnyDamagedByteOfAReservation() throws IOException {
        DiskStorage storage = new DiskStorage(root(), Fence.NONE);
        ReservationStore store = new ReservationStore(storage, "disk0/reservations", strand, strand.worker(1));
        store.write(
                "lun0",
                "registered".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                error -> assertThat(error).isNull());
        strand.runAll();
        Path file = root().resolve("disk0/reservations/lun0.bin");
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] ^= 1;
            Files.write(file, bytes);
            assertThatThrownBy(() -> store.read("lun0")).isInstanceOf(StateException.class);
            bytes[at] ^= 1;
        }
        assertThat(store.read("other")).isNull();
    }

    @Test
    void nothingOfItIsChangedOnceTheFenceIsUp() throws IOException {
        AtomicBoolean up = new AtomicBoolean();
        DiskStorage storage = new DiskStorage(root(), up::get);
        storage.replace("disk0/a", new byte[] {1});
        try (StateFile open = storage.open("disk0/a")) {
            up.set(true);
            assertThatThrownBy(() -> open.write(ByteBuffer.wrap(new byte[] {2}), 0))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> storage.replace("disk0/a", new byte[] {2})).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> storage.delete("disk0/a")).isInstanceOf(IOException.class);
        }
        assertThat(storage.read("disk0/a")).containsExactly(1);
    }

    private List<ChildFound> found(List<Path> files) throws IOException {
        return List.of(found("a", files.get(0)), found("b", files.get(1)));
    }

    private static ChildFound found(String nodeName, Path file) throws IOException {
        LocalChildPlace place = new LocalChildPlace(file);
        return Files.exists(file)
                ? ChildFound.present(nodeName, Files.size(file), place)
                : ChildFound.missing(nodeName, place);
    }

    private static VolumeWish wish(String name) {
        return new VolumeWish(name, SIZE, 512, 1 << 20, 1, "");
    }

    private Path root() {
        return folder.resolve("state");
    }

    private StateDirectory open() {
        return open(root());
    }

    private StateDirectory open(Path root) {
        return StateDirectory.open(root, strand.worker(1000), Fence.NONE);
    }
}
