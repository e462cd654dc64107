package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorumd.it.FaultyChild.Fault;
import io.quorumd.it.FaultyScript.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
 * As {@link OracleIT}, over children that fail: on both sides the same reads, writes and flushes of the same children
 * fail. Random scripts must end alike: the same data, the same commands failed with the same error, and, when the children
 * are well again and have been repaired, the same bytes on them. Then what only ours remembers, side by side.
 *
 * <p>Another seed: {@code -Dquorumd.oracle.seed=N}.
 */
class OracleFaultsIT {

    private static final int BLOCK = FaultyVolume.BLOCK;
    private static final int ROUNDS = 2;

    @TempDir
    private static Path folder;

    private static final List<FaultyVolume> volumes = new ArrayList<>();
    private static Quorumd quorumd;

    @BeforeAll
    static void start() {
        Tool.require("qemu-io");
        Tool.require("nbdkit");
        Tool.require(Files.exists(Path.of("/usr/include/nbdkit-plugin.h")), "nbdkit-plugin-dev is not installed");
        String plugin = Tool.library("nbd/faulty");
        volumes.add(new FaultyVolume(plugin, folder, "two-of-2", 2, 2));
        volumes.add(new FaultyVolume(plugin, folder, "two-of-3", 3, 2));
        volumes.add(new FaultyVolume(plugin, folder, "two-of-4", 4, 2));
        volumes.add(new FaultyVolume(plugin, folder, "three-of-5", 5, 3));
        quorumd = Quorumd.startWith(
                folder,
                "quorumd:\n  volumes:\n"
                        + volumes.stream().map(FaultyVolume::yaml).collect(Collectors.joining()));
    }

    @AfterAll
    static void stop() {
        if (quorumd != null) {
            quorumd.close();
        }
        volumes.forEach(FaultyVolume::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-of-3", "three-of-5"})
    void randomScriptsOverFailingChildren(String name) {
        FaultyVolume volume = whole(name);
        Random random = new Random(Long.getLong("quorumd.oracle.seed", 1) * 31 + name.hashCode());
        List<String> told = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Kind kind : Kind.values()) {
                FaultyScript script = FaultyScript.random(kind, volume.children.size(), volume.threshold, random);
                if (kind == Kind.READS) {
                    damage(volume, random);
                }
                QemuIo theirs = onBoth(volume, script);
                theirs.lines().forEach(line -> told.add(kind + " " + line));
                told.add(kind + " status " + theirs.status());
            }
        }
        // Else it would prove nothing.
        assertThat(told)
                .contains("READS read failed: Input/output error")
                .contains("MANY_WRITES write failed: Input/output error")
                .contains("MANY_WRITES write failed: No space left on device")
                .contains("FEW_WRITES status 0", "FEW_FLUSHES status 0", "MANY_FLUSHES status 1");
    }

    /** What QEMU told, which is what ours did, and which left the same behind when everything was well again. */
    private static QemuIo onBoth(FaultyVolume volume, FaultyScript script) {
        for (int i = 0; i < volume.children.size(); i++) {
            volume.children.get(i).fail(script.faults().get(i).toArray(Fault[]::new));
        }
        QemuIo theirs = volume.onQemu(script.commands(), script.cache());
        QemuIo ours = volume.onOurs(quorumd, script.commands(), script.cache());
        assertThat(ours.lines()).as("%s", script).isEqualTo(theirs.lines());
        assertThat(ours.status()).as("%s", script).isEqualTo(theirs.status());

        volume.heal(quorumd);
        QemuIo repaired = volume.onQemu(FaultyScript.everything());
        assertThat(repaired.failures()).as("%s", script).isZero();
        assertThat(volume.onOurs(quorumd, FaultyScript.everything()).lines())
                .as("%s", script)
                .isEqualTo(repaired.lines());
        volume.assertSameChildren(script.toString());
        return theirs;
    }

    // What only ours remembers, and which section says so.

    @Test
    void copiesThatMissedAWriteDoNotTieWithThoseThatHaveIt() {
        // Sections 6.1 and 7: QEMU reads the old copies, and rewrites the new ones with them.
        FaultyVolume volume = whole("two-of-4");
        volume.children.get(2).fail(writes(0, BLOCK));
        volume.children.get(3).fail(writes(0, BLOCK));
        List<String> script = List.of("write -P 110 0 4096", "read -P 110 0 4096");
        QemuIo theirs = volume.onQemu(script);
        assertThat(theirs.failures()).isZero();
        assertThat(theirs.text()).contains("Pattern verification failed");
        assertThat(volume.onOurs(quorumd, script).status()).isZero();

        volume.heal(quorumd);
        assertThat(volume.onOurs(quorumd, List.of("read -P 110 0 4096")).status())
                .isZero();
        assertThat(OracleVolume.firstDifference(
                        volume.children.get(0).ours(), volume.children.get(3).ours()))
                .isEqualTo(-1);
        assertThat(OracleVolume.firstDifference(
                        volume.children.get(0).theirs(), volume.children.get(0).ours()))
                .as("QEMU has lost the write")
                .isZero();
    }

    @Test
    void aChildThatMissedAWriteDoesNotCountForAnotherInTheSameRegion() {
        // Section 6.1: of three, one missed something there and one fails this write; QEMU still counts two.
        FaultyVolume volume = whole("two-of-3");
        volume.children.get(0).fail(writes(0, BLOCK));
        volume.children.get(1).fail(writes(2 * BLOCK, 3 * BLOCK));
        List<String> script = List.of("write -P 1 0 4096", "write -P 2 8192 4096", "write -P 3 65536 4096");
        QemuIo theirs = volume.onQemu(script);
        assertThat(theirs.failures()).isZero();
        QemuIo ours = volume.onOurs(quorumd, script);
        assertThat(ours.lines())
                .containsExactly(
                        theirs.lines().get(0),
                        "write failed: No space left on device",
                        theirs.lines().get(2));
    }

    @Test
    void aChildThatFailedAFlushHasNoVoteOnWhatItHadNotFlushed() {
        // Section 4: QEMU believes the copy whose fsync failed.
        FaultyVolume volume = whole("two-of-3");
        volume.children.get(0).fail(flushes());
        List<String> script = List.of("write -P 7 0 4096", "flush");
        assertThat(volume.onQemu(script, "writeback").status()).isZero();
        assertThat(volume.onOurs(quorumd, script, "writeback").status()).isZero();

        volume.children.get(1).fail(new Fault("read", 0, FaultyVolume.SIZE, FaultyChild.EIO));
        List<String> reads = List.of("read -P 7 0 4096", "read -v 131072 4096");
        QemuIo theirs = volume.onQemu(reads);
        assertThat(theirs.status()).isZero();
        assertThat(volume.onOurs(quorumd, reads).lines())
                .containsExactly(
                        "read failed: Input/output error", theirs.lines().get(1));
    }

    @Test
    void whatTooFewCouldFlushIsNotReadBeforeItIsSettled() {
        // Section 6.2: QEMU reads what it said it had not written, and what may be gone after a power failure.
        FaultyVolume volume = whole("two-of-3");
        volume.children.get(0).fail(flushes());
        volume.children.get(1).fail(flushes());
        List<String> script = List.of("write -P 5 0 4096", "read -P 5 0 4096", "read -v 131072 4096");
        QemuIo theirs = volume.onQemu(script);
        assertThat(theirs.lines().getFirst()).isEqualTo("write failed: Input/output error");
        assertThat(theirs.failures()).isEqualTo(1);
        assertThat(theirs.text()).doesNotContain("verification failed");
        assertThat(volume.onOurs(quorumd, script).lines())
                .containsExactly(
                        "write failed: Input/output error",
                        "read failed: Input/output error",
                        theirs.lines().getLast());

        volume.heal(quorumd);
        assertThat(volume.onOurs(quorumd, List.of("read -P 5 0 4096")).status()).isZero();
        volume.assertSameChildren("when it can be flushed");
    }

    @Test
    void copiesThatAFailedWriteLeftDifferentAreMadeOneAgain() {
        // Section 6.2: QEMU cannot read it until somebody writes; with us the lowest child decides, once and for all.
        FaultyVolume volume = whole("two-of-2");
        volume.children.get(1).fail(writes(0, BLOCK));
        List<String> write = List.of("write -P 9 0 4096");
        assertThat(volume.onQemu(write).lines()).containsExactly("write failed: No space left on device");
        assertThat(volume.onOurs(quorumd, write).lines()).containsExactly("write failed: No space left on device");

        volume.children.forEach(FaultyChild::fail);
        List<String> read = List.of("read -P 9 0 4096");
        assertThat(volume.onQemu(read).lines()).containsExactly("read failed: Input/output error");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> volume.onOurs(quorumd, read).status() == 0);
        assertThat(OracleVolume.firstDifference(
                        volume.children.get(0).ours(), volume.children.get(1).ours()))
                .isEqualTo(-1);
    }

    private static Fault flushes() {
        return new Fault("flush", 0, FaultyVolume.SIZE, FaultyChild.EIO);
    }

    private static Fault writes(int from, int to) {
        return new Fault("write", from, to, FaultyChild.ENOSPC);
    }

    /** On a few children, so that whatever is damaged has a majority against it. */
    private static void damage(FaultyVolume volume, Random random) {
        int spare = volume.children.size() - volume.threshold;
        int first = random.nextInt(volume.children.size());
        for (int i = 0; i < 8; i++) {
            byte[] garbage = new byte[1 + random.nextInt(3 * BLOCK)];
            random.nextBytes(garbage);
            int child = (first + random.nextInt(spare)) % volume.children.size();
            volume.put(volume.children.get(child), random.nextInt(FaultyVolume.SIZE - garbage.length), garbage);
        }
    }

    /** In sync, and equal on both sides. */
    private static FaultyVolume whole(String name) {
        FaultyVolume volume =
                volumes.stream().filter(v -> v.name.equals(name)).findFirst().orElseThrow();
        volume.heal(quorumd);
        volume.fill(new Random(1));
        return volume;
    }
}
