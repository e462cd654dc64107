package io.quorumd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service is killed with -9 at any moment, over and over, while eight sessions write to four volumes: working,
 * starting, settling, and while children are damaged, away or hanging, as many as the threshold allows. After each kill
 * every write that was ever acknowledged is read back, and, whenever nothing is amiss, the children are compared byte for
 * byte. What happened when is in {@code target/kill.log}.
 */
class KillIT {

    /** Kills with all read back after each; {@code -Dquorumd.kill.cycles=1000} goes on longer. */
    private static final int CYCLES = Integer.getInteger("quorumd.kill.cycles", 50);

    /** Decides what is done and when; how far the service is by then is up to the machine. */
    private static final long SEED = Long.getLong("quorumd.kill.seed", 1);

    private static final Path LOG = Path.of("target", "kill.log");
    private static final int WRITES_MAX = 3000;

    private final Random random = new Random(SEED);
    private int cycles;
    private int otherKills;
    private long unsettledBytes;

    @TempDir
    Path folder;

    private enum Fault {
        NONE,
        DAMAGED,
        AWAY,
        HANGING
    }

    @Test
    void losesNoAcknowledgedWrite() throws Exception {
        Files.deleteIfExists(LOG);
        Path socket = folder.resolve("nbd");
        FileVolume mixed = FileVolume.of("mixed", 3, "child-timeout: 4s")
                .with(Nbdkit.uri(socket))
                .withFilesIn(folder);
        try (Nbdkit remote = Nbdkit.serving(mixed.file(folder, 2), socket, FileVolume.BYTES)) {
            List<FileVolume> local = List.of(
                    local("quick", 3, "write-completion: threshold", "region-size: 256KB"),
                    local("first", 3, "read-pattern: fifo", "write-cache: false", "region-size: 64KB"),
                    local("five", 5, "read-completion: all", "block-size: 4096", "region-size: 64KB"));
            List<FileVolume> volumes =
                    Stream.concat(Stream.of(mixed), local.stream()).toList();
            try (LoadedVolumes loaded = LoadedVolumes.start(folder, volumes, SteppedLoad.Loss.KILL, SEED)) {
                while (cycles < CYCLES) {
                    strike(loaded, local, mixed, remote);
                }
                log("all is well");
                loaded.quorumd.stop();
                loaded.assertChildrenEqual();
            }
        }
    }

    /** None of their children is to be slow besides: a machine may be busy. */
    private static FileVolume local(String name, int children, String... options) {
        return FileVolume.of(
                name,
                children,
                Stream.concat(Stream.of("child-timeout: 10s"), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** One fault and what comes with it, from whole to whole. */
    private void strike(LoadedVolumes loaded, List<FileVolume> local, FileVolume mixed, Nbdkit remote)
            throws InterruptedException {
        Fault fault = pick();
        int victim = random.nextInt(5);
        switch (fault) {
            case NONE -> killOnce(loaded, fault, () -> {});
            case DAMAGED -> {
                forEachVictim(local, victim, this::damage);
                forEachVictim(List.of(mixed), victim, this::damage);
                killOnce(loaded, fault, () -> {});
            }
            case AWAY -> {
                List<FileVolume> sparing =
                        local.stream().filter(KillIT::hasCopiesToSpare).toList();
                killOnce(loaded, fault, () -> forEachVictim(sparing, victim, (v, child) -> v.takeAway(folder, child)));
                killOnce(loaded, fault, () -> forEachVictim(sparing, victim, (v, child) -> v.bringBack(folder, child)));
            }
            case HANGING -> {
                remote.hang();
                killOnce(loaded, fault, () -> {});
                killOnce(loaded, fault, remote::goOn);
            }
        }
        loaded.awaitWhole();
    }

    /** Where T children are enough for an acknowledgement a kill leaves no more than T in sync in what was being written. */
    private static boolean hasCopiesToSpare(FileVolume volume) {
        return !volume.options().contains("write-completion: threshold");
    }

    private Fault pick() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> Fault.DAMAGED;
            case 3 -> Fault.AWAY;
            case 4 -> Fault.HANGING;
            default -> Fault.NONE;
        };
    }

    private void killOnce(LoadedVolumes loaded, Fault fault, Runnable whileDead) throws InterruptedException {
        int writes = 1 + random.nextInt(random.nextInt(8) == 0 ? 20 : WRITES_MAX);
        int microseconds = random.nextInt(3000);
        loaded.workUntilKilled(writes, microseconds);
        whileDead.run();
        boolean twice = random.nextInt(4) == 0;
        if (twice) {
            killAgain(loaded.quorumd);
        }
        loaded.quorumd.start();
        unsettledBytes += loaded.unsettledBytes();
        SteppedLoad.Totals totals = loaded.readBack();
        if (twice) {
            totals = loaded.readAgain();
        }
        cycles++;
        log(
                "%d: child %s, killed %d us after %d writes%s; so far %d writes acknowledged, %d not, %d kills besides, %d bytes unsettled at return"
                        .formatted(
                                cycles,
                                fault,
                                microseconds,
                                writes,
                                twice ? " and again" : "",
                                totals.writes(),
                                totals.unacknowledged(),
                                otherKills,
                                unsettledBytes));
    }

    /** While it starts, or while it settles what is read back. */
    private void killAgain(Quorumd quorumd) throws InterruptedException {
        int milliseconds = random.nextInt(1000);
        if (random.nextBoolean()) {
            quorumd.startAndKill(Duration.ofMillis(500 + 2L * milliseconds));
        } else {
            quorumd.start();
            quorumd.process().waitFor(milliseconds / 2, TimeUnit.MILLISECONDS);
            quorumd.kill();
        }
        otherKills++;
    }

    private interface Deed {
        void on(FileVolume volume, int child);
    }

    private static void forEachVictim(List<FileVolume> volumes, int first, Deed deed) {
        volumes.forEach(volume -> volume.victims(first).forEach(child -> deed.on(volume, child)));
    }

    /**
     * Only where nothing is ever written again: a block that is damaged on one child while a write has reached some of
     * the others has no majority. Nor without a vote: fifo believes whoever answers. Nor with write-completion: threshold,
     * where what is being written has no more copies in sync than the threshold, so that a liar cannot be outvoted.
     */
    private void damage(FileVolume volume, int child) {
        if (volume.options().contains("read-pattern: fifo") || !hasCopiesToSpare(volume)) {
            return;
        }
        Child file = new Child(volume.file(folder, child));
        long piece = 64 << 10;
        for (long at = 7 * piece; at < SteppedLoad.USED; at += 8 * piece) {
            if (random.nextBoolean()) {
                file.overwrite(at + 4096L * random.nextInt(8), 4096L * (1 + random.nextInt(8)));
            }
        }
    }

    private static void log(String line) {
        try {
            Files.writeString(
                    LOG,
                    Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
