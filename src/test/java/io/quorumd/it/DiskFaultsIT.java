package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Disks that shrink, vanish and fill up under a volume that is in use: what was acknowledged is right, health says what
 * is wrong, the volume beside it does not notice, and what is mended comes back by itself.
 */
class DiskFaultsIT {

    private static final long MIB = 1 << 20;
    private static final int HIT = 0;
    private static final int OTHER = 1;
    private static final FileVolume BESIDE = FileVolume.of("beside", 3);

    @TempDir
    Path folder;

    @BeforeEach
    void needsRoot() {
        Tool.require(System.getProperty("user.name").equals("root"), "mounts and loop devices need root");
    }

    @Test
    void aFileThatShrinksIsLeftOutAndRefilledWhenItHasItsLengthAgain() {
        FileVolume hit = FileVolume.of("hit", 3);
        try (Quorumd quorumd = start(hit)) {
            write(quorumd, HIT, 1, 0, 4 * MIB);
            Mount.Loop.resize(hit.file(folder, 1), 64 << 10);
            write(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
            check(quorumd, HIT, 1, 0, 2 * MIB);
            check(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
            // Not to the byte: a write that was already under way makes the file longer again.
            awaitReason(quorumd, "hit-1", "bytes, the volume has " + FileVolume.BYTES);
            assertOtherUndisturbed(quorumd);

            Mount.Loop.resize(hit.file(folder, 1), FileVolume.BYTES);
            awaitWhole(quorumd);
            hit.assertChildrenEqual(folder, (int) FileVolume.BYTES);
        }
    }

    @Test
    void aFileThatIsDeletedIsLeftOutAndItsSuccessorIsFilled() throws IOException {
        FileVolume hit = FileVolume.of("hit", 3);
        try (Quorumd quorumd = start(hit)) {
            write(quorumd, HIT, 1, 0, 4 * MIB);
            Files.delete(hit.file(folder, 1));
            write(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
            check(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
            awaitReason(quorumd, "hit-1", "does not exist");
            assertOtherUndisturbed(quorumd);

            Mount.Loop.resize(hit.file(folder, 1), FileVolume.BYTES);
            awaitWhole(quorumd);
            hit.assertChildrenEqual(folder, (int) FileVolume.BYTES);
        }
    }

    @Test
    void aBlockDeviceThatVanishesIsLeftOut() {
        try (Mount.Loop disk = Mount.Loop.over(folder.resolve("hit-2.img"), FileVolume.BYTES)) {
            FileVolume hit =
                    FileVolume.of("hit", 3).with("file:" + disk.device()).withFilesIn(folder);
            try (Quorumd quorumd = start(hit)) {
                write(quorumd, HIT, 1, 0, 4 * MIB);
                disk.vanish();
                write(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
                check(quorumd, HIT, 1, 0, 2 * MIB);
                check(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
                awaitReason(quorumd, "hit-2", "it has 0 bytes");
                assertOtherUndisturbed(quorumd);

                disk.comeBack();
                awaitAnswering(quorumd, "hit-2");
                check(quorumd, HIT, 1, 0, 2 * MIB);
                check(quorumd, HIT, 2, 2 * MIB, 4 * MIB);
                awaitWhole(quorumd);
            }
        }
    }

    @Test
    void aFullDiskUnderOneChildCostsNothingAndIsFilledOnceItHasRoom() {
        try (Mount small = Mount.inMemory(folder.resolve("small"), 2 * MIB)) {
            Path file = small.folder.resolve("hit-2.img");
            FileVolume hit = FileVolume.of("hit", 3).with("file:" + file);
            try (Quorumd quorumd = start(hit)) {
                write(quorumd, HIT, 1, 0, 8 * MIB);
                check(quorumd, HIT, 1, 0, 8 * MIB);
                awaitReason(quorumd, "hit-2", "No space left on device");
                assertOtherUndisturbed(quorumd);

                small.remount("size=" + 2 * FileVolume.BYTES);
                awaitWhole(quorumd);
                assertThat(new Child(file).read(0, (int) (8 * MIB))).containsOnly(1);
            }
        }
    }

    @Test
    void fullDisksUnderAllChildrenAreNoMediumError() {
        try (Mount small = Mount.inMemory(folder.resolve("small"), 6 * MIB)) {
            FileVolume hit = FileVolume.of("hit", 3)
                    .with(IntStream.range(0, 3)
                            .mapToObj(i -> "file:" + small.folder.resolve("hit-" + i + ".img"))
                            .toArray(String[]::new));
            try (Quorumd quorumd = start(hit)) {
                write(quorumd, HIT, 1, 0, MIB);
                // QEMU's word for DATA PROTECT, SPACE ALLOCATION FAILED; a medium error would be an input/output error.
                assertThat(attempt(quorumd, HIT, "write -P 2 " + MIB + " " + 8 * MIB))
                        .contains("No space left on device");
                check(quorumd, HIT, 1, 0, MIB);
                assertOtherUndisturbed(quorumd);

                small.remount("size=" + 4 * FileVolume.BYTES);
                write(quorumd, HIT, 3, MIB, 8 * MIB);
                check(quorumd, HIT, 3, MIB, 8 * MIB);
                awaitWhole(quorumd);
            }
        }
    }

    @Test
    void aFullStateDirectoryLosesNothing() throws IOException {
        try (Mount small = Mount.inMemory(folder.resolve("state"), 2 * MIB)) {
            FileVolume hit = FileVolume.of("hit", 3);
            try (Quorumd quorumd = start(hit, "--quorumd.state-dir=" + small.folder)) {
                write(quorumd, HIT, 1, 0, MIB);
                fill(small.folder.resolve("filler"));
                write(quorumd, HIT, 2, MIB, 8 * MIB);
                check(quorumd, HIT, 2, MIB, 8 * MIB);
                quorumd.kill();
                assertThat(quorumd.refusal()).anyMatch(line -> line.contains("on a file system with free space"));
                Files.delete(small.folder.resolve("filler"));
                quorumd.start();
                check(quorumd, HIT, 1, 0, MIB);
                check(quorumd, HIT, 2, MIB, 8 * MIB);
                awaitWhole(quorumd);
            }
        }
    }

    private static void fill(Path file) {
        Tool full = Tool.run("dd", "if=/dev/zero", "of=" + file, "bs=4k");
        assertThat(full.output()).contains("No space left on device");
    }

    @Test
    void aStateDirectoryOnADiskThatDiesFailsWritesInsteadOfForgetting() {
        Mount.Loop disk = Mount.Loop.over(folder.resolve("state-disk"), 64 * MIB);
        try (Mount mount = Mount.on(folder.resolve("state"), disk)) {
            FileVolume hit = FileVolume.of("hit", 3, "region-size: 64KB");
            try (Quorumd quorumd = start(hit, "--quorumd.state-dir=" + mount.folder)) {
                // One region, so that what is written next is in none of the groups that carry write intent.
                write(quorumd, HIT, 1, 0, MIB / 16);
                disk.vanish();
                String failed = attempt(quorumd, HIT, "write -P 2 " + 8 * MIB + " " + MIB);
                assertThat(failed).contains("failed");
                check(quorumd, HIT, 1, 0, MIB / 16);
                await().untilAsserted(
                                () -> assertThat(quorumd.log()).anyMatch(line -> line.contains("cannot be written")));
            }
        }
    }

    @Test
    void aReadOnlyStateDirectoryStopsTheStart() {
        try (Mount small = Mount.inMemory(folder.resolve("data"), 2 * MIB)) {
            small.remount("ro");
            List<String> log = Quorumd.refusal(folder, FileVolume.yaml(List.of(BESIDE)));
            assertThat(log).anyMatch(line -> line.contains("Read-only file system"));
            assertThat(log).noneMatch(line -> line.startsWith("\tat "));
        }
    }

    private Quorumd start(FileVolume hit, String... arguments) {
        Quorumd quorumd =
                Quorumd.prepared(folder, FileVolume.yaml(List.of(hit, BESIDE)), QuickStart.command(), arguments);
        quorumd.start();
        return quorumd;
    }

    private static void write(Quorumd quorumd, int lun, int pattern, long offset, long length) {
        String output = attempt(quorumd, lun, "write -P %d %d %d".formatted(pattern, offset, length));
        assertThat(output).contains("wrote " + length + "/" + length + " bytes").doesNotContain("failed");
    }

    private static void check(Quorumd quorumd, int lun, int pattern, long offset, long length) {
        String output = attempt(quorumd, lun, "read -P %d %d %d".formatted(pattern, offset, length));
        assertThat(output).contains("read " + length + "/" + length + " bytes").doesNotContain("verification failed");
    }

    private static String attempt(Quorumd quorumd, int lun, String command) {
        return Tool.run("qemu-io", "-t", "writeback", "-f", "raw", "-c", command, "-c", "flush", quorumd.url(lun))
                .output();
    }

    private static void assertOtherUndisturbed(Quorumd quorumd) {
        write(quorumd, OTHER, 9, 0, MIB);
        check(quorumd, OTHER, 9, 0, MIB);
        assertThat(VolumeStatus.of(quorumd, "beside").isWhole()).isTrue();
    }

    private static void awaitReason(Quorumd quorumd, String... words) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            VolumeStatus hit = VolumeStatus.of(quorumd, "hit");
            assertThat(hit.health()).as(hit.toString()).isEqualTo("DEGRADED");
            assertThat(hit.reason()).contains(words);
        });
    }

    private static void awaitAnswering(Quorumd quorumd, String child) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(VolumeStatus.of(quorumd, "hit").childState(child))
                        .isEqualTo("answering"));
    }

    private static void awaitWhole(Quorumd quorumd) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            VolumeStatus hit = VolumeStatus.of(quorumd, "hit");
            assertThat(hit.isWhole()).as(hit.toString()).isTrue();
        });
    }
}
