package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * QEMU's quorum driver as the oracle: random scripts of qemu-io run over equally damaged copies, once on QEMU's quorum,
 * once on ours over iSCSI with {@code vote-unit: request} and {@code read-completion: all}: the same data, the same
 * failures, and afterwards the same bytes on the children. Then the places where the contract wants it otherwise, side
 * by side.
 *
 * <p>Scripts are of whole 4096-byte blocks, so that a request is a vote unit on both sides whatever the medium, and of at
 * most 64 KiB, so that each is one SCSI command. Another seed: {@code -Dquorumd.oracle.seed=N}.
 */
class OracleIT {

    private static final int BLOCK = 4096;
    private static final int MAX_BLOCKS = 16;
    private static final int BLOCKS = OracleVolume.SIZE / BLOCK;
    private static final int ROUNDS = 4;
    private static final int COMMANDS = 40;

    @TempDir
    private static Path folder;

    private static final List<OracleVolume> volumes = new ArrayList<>();
    private static Quorumd quorumd;

    @BeforeAll
    static void start() {
        Tool.require("qemu-io");
        volumes.addAll(List.of(
                volume("two-of-2", 2, 2, "quorum", true, "request"),
                volume("two-of-3", 3, 2, "quorum", true, "request"),
                volume("three-of-3", 3, 3, "quorum", true, "request"),
                volume("three-of-4", 4, 3, "quorum", true, "request"),
                volume("three-of-5", 5, 3, "quorum", true, "request"),
                volume("unrepaired", 3, 2, "quorum", false, "request"),
                volume("fifo", 3, 2, "fifo", false, "request"),
                volume("ambiguous", 4, 2, "quorum", true, "request"),
                volume("by-block", 3, 2, "quorum", true, "block")));
        quorumd = Quorumd.startWith(
                folder,
                "quorumd:\n  volumes:\n"
                        + volumes.stream().map(OracleVolume::yaml).collect(Collectors.joining()));
    }

    @AfterAll
    static void stop() {
        quorumd.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-of-2", "two-of-3", "three-of-3", "three-of-4", "three-of-5", "unrepaired", "fifo"})
    void randomScriptsOverDamagedCopies(String name) {
        OracleVolume volume = volume(name);
        long seed = Long.getLong("quorumd.oracle.seed", 1);
        Random random = new Random(seed * 31 + name.hashCode());
        volume.fill(random);
        int failures = 0;
        int damages = 0;
        for (int round = 0; round < ROUNDS; round++) {
            damages += damage(volume, random);
            List<String> script = script(random);
            QemuIo theirs = onQemu(volume, script);
            QemuIo ours = onOurs(volume, script);
            String story = name + ", seed " + seed + ", round " + round + ":\n" + String.join("\n", script);
            assertThat(ours.lines()).as(story).isEqualTo(theirs.lines());
            assertSameChildren(volume, story);
            failures += theirs.failures();
        }
        // Else it would prove nothing: there was damage, and beyond what a vote can mend where there is a vote.
        assertThat(damages).isPositive();
        if (!name.equals("fifo")) {
            assertThat(failures).isPositive();
        }
    }

    // Where we differ, and which section says so.

    @Test
    void twoNewAndTwoOldCopiesOfFourAreAFailureWhereQemuTakesTheOldOne() {
        // Sections 2 (7.) and 7: of two versions that both reach the threshold QEMU takes the one that appeared later.
        OracleVolume volume = volume("ambiguous");
        volume.fill(new Random(1));
        byte[] written = filled('n');
        volume.put(0, 0, written);
        volume.put(1, 0, written);
        List<String> script = List.of("read -v 0 4096");
        QemuIo theirs = onQemu(volume, script);
        assertThat(theirs.failures()).isZero();
        assertThat(theirs.text()).doesNotContain("6e 6e 6e 6e");
        assertThat(start(volume.theirs(0)))
                .as("QEMU rewrites the new copies with the old")
                .isNotEqualTo(written);

        assertThat(onOurs(volume, script).failures()).isEqualTo(1);
        assertThat(start(volume.ours(0))).isEqualTo(written);
        assertThat(start(volume.ours(3))).isNotEqualTo(written);
    }

    @Test
    void aBadBlockOnEachOfTwoChildrenInOneReadIsNoFailureWithVotesOnBlocks() {
        // Sections 2 (6.) and 7.
        OracleVolume volume = volume("by-block");
        volume.fill(new Random(2));
        volume.put(0, 8192, filled('x'));
        volume.put(1, 32768, filled('y'));
        List<String> script = List.of("read -v 0 65536");
        assertThat(onQemu(volume, script).failures()).isEqualTo(1);

        QemuIo ours = onOurs(volume, script);
        assertThat(ours.failures()).isZero();
        assertThat(ours.text()).doesNotContain("78 78 78 78 78 78").doesNotContain("79 79 79 79 79 79");
        for (int child = 0; child < 2; child++) {
            assertThat(OracleVolume.firstDifference(volume.ours(child), volume.ours(2)))
                    .as("child " + child + " is repaired")
                    .isEqualTo(-1);
        }
    }

    @Test
    void whatIsDiscardedReadsAsZeroesOnEveryChild() {
        // Sections 3 and 7: QEMU reports success and frees nothing.
        OracleVolume volume = volume("by-block");
        volume.fill(new Random(3));
        List<String> script = List.of("discard 65536 131072", "read -P 0 65536 65536");
        assertThat(onQemu(volume, script).text()).contains("Pattern verification failed");

        assertThat(onOurs(volume, script).text()).doesNotContain("failed");
        for (int child = 0; child < volume.children(); child++) {
            byte[] content = content(volume.ours(child));
            assertThat(Arrays.equals(content, 65536, 196608, new byte[131072], 0, 131072))
                    .isTrue();
            assertThat(OracleVolume.firstDifference(volume.ours(child), volume.ours(0)))
                    .isEqualTo(-1);
        }
    }

    // Damage and scripts.

    private static int damage(OracleVolume volume, Random random) {
        int extents = 4 + random.nextInt(8);
        for (int i = 0; i < extents; i++) {
            byte[] garbage = new byte[1 + random.nextInt(3 * BLOCK)];
            random.nextBytes(garbage);
            int at = random.nextInt(OracleVolume.SIZE - garbage.length);
            int child = random.nextInt(volume.children());
            volume.put(child, at, garbage);
            if (random.nextInt(4) == 0) {
                // The same lie by another: they outvote the truth, or tie with it.
                volume.put((child + 1) % volume.children(), at, garbage);
            }
        }
        return extents;
    }

    private static List<String> script(Random random) {
        List<String> script = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            int blocks = 1 + random.nextInt(MAX_BLOCKS);
            int at = random.nextInt(BLOCKS - blocks + 1);
            String range = at * BLOCK + " " + blocks * BLOCK;
            script.add(
                    switch (random.nextInt(10)) {
                        case 0, 1 -> "write -P " + (1 + random.nextInt(255)) + " " + range;
                        case 2 -> random.nextBoolean() ? "write -z " + range : "flush";
                        default -> "read -v " + range;
                    });
        }
        return script;
    }

    // Running them.

    private static QemuIo onQemu(OracleVolume volume, List<String> script) {
        return QemuIo.run(script, volume.qemuImage());
    }

    private static QemuIo onOurs(OracleVolume volume, List<String> script) {
        return QemuIo.run(script, QemuIo.lun(quorumd.port(), volume.name));
    }

    private static void assertSameChildren(OracleVolume volume, String story) {
        for (int child = 0; child < volume.children(); child++) {
            assertThat(OracleVolume.firstDifference(volume.ours(child), volume.theirs(child)))
                    .as("first byte of child %d that is not as QEMU left it; %s", child, story)
                    .isEqualTo(-1);
        }
    }

    private static OracleVolume volume(String name) {
        return volumes.stream().filter(v -> v.name.equals(name)).findFirst().orElseThrow();
    }

    private static OracleVolume volume(
            String name, int children, int threshold, String pattern, boolean rewrite, String unit) {
        return new OracleVolume(folder, name, children, threshold, pattern, rewrite, unit);
    }

    private static byte[] filled(char with) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }

    private static byte[] start(Path file) {
        return Arrays.copyOf(content(file), BLOCK);
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
