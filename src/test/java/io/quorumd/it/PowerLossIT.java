package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Children that lose, when they die, what they were not asked to flush: a kill -9 of the service alone proves nothing
 * about flushes, for the page cache survives it.
 */
class PowerLossIT {

    /** {@code -Dquorumd.power.cycles=200} goes on longer. */
    private static final int CYCLES = Integer.getInteger("quorumd.power.cycles", 8);

    private static final long SEED = Long.getLong("quorumd.power.seed", 1);
    private static final int WRITES_MAX = 400;

    /** The child that dies alone, always the same: another one, before this one is back in sync, would be one too many. */
    private static final int VICTIM = 2;

    private final Random random = new Random(SEED);
    private final List<Nbdkit> servers = new ArrayList<>();
    private final List<FileVolume> volumes = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void serve() {
        volumes.add(served("cached", "child-timeout: 10s", "region-size: 256KB"));
        volumes.add(served("through", "child-timeout: 10s", "write-cache: false"));
    }

    private FileVolume served(String name, String... options) {
        FileVolume volume = FileVolume.of(name, 3, options);
        List<String> uris = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Nbdkit server = Nbdkit.caching(volume.file(folder, i), folder.resolve(name + i), FileVolume.BYTES);
            servers.add(server);
            uris.add(server.uri());
        }
        return volume.with(uris.toArray(String[]::new));
    }

    @AfterEach
    void stopServing() {
        servers.forEach(Nbdkit::close);
    }

    @Test
    void theseServersReallyLoseWhatIsNotFlushed() {
        Nbdkit server = servers.getFirst();
        Child file = new Child(volumes.getFirst().file(folder, 0));
        // qemu-io would flush if it ended in order.
        Tool.run("qemu-io", "-t", "writeback", "-f", "raw", "-c", "write -P 1 0 64k", "-c", "abort", server.uri());
        server.kill();
        assertThat(file.read(0, 65536)).as("written, not flushed").containsOnly(0);
        server.start();
        Tool.run(
                "qemu-io",
                "-t",
                "writeback",
                "-f",
                "raw",
                "-c",
                "write -P 1 0 64k",
                "-c",
                "flush",
                "-c",
                "abort",
                server.uri());
        Tool.run("qemu-io", "-t", "writeback", "-f", "raw", "-c", "write -f -P 2 64k 64k", "-c", "abort", server.uri());
        server.kill();
        assertThat(file.read(0, 65536)).as("flushed").containsOnly(1);
        assertThat(file.read(65536, 65536)).as("written with FUA").containsOnly(2);
    }

    @Test
    void oneChildThatLosesPowerCostsNothing() throws InterruptedException {
        try (LoadedVolumes loaded = LoadedVolumes.start(folder, volumes, SteppedLoad.Loss.KILL, SEED)) {
            for (int i = 0; i < CYCLES / 2; i++) {
                loaded.work(1 + random.nextInt(WRITES_MAX));
                eachVolumes(VICTIM, Nbdkit::kill);
                loaded.goOn(1 + random.nextInt(6));
                eachVolumes(VICTIM, Nbdkit::start);
                loaded.goOn(1 + random.nextInt(6));
                loaded.kill(random.nextInt(3000));
                loaded.quorumd.start();
                loaded.readBack();
                loaded.awaitWhole();
            }
        }
    }

    @Test
    void whatWasFlushedOutlivesThePowerFailureOfEverything() throws InterruptedException {
        try (LoadedVolumes loaded = LoadedVolumes.start(folder, volumes, SteppedLoad.Loss.POWER, SEED)) {
            SteppedLoad.Totals totals = new SteppedLoad.Totals(0, 0, 0, 0, 0, 0, 0);
            for (int i = 0; i < CYCLES; i++) {
                loaded.work(1 + random.nextInt(WRITES_MAX));
                if (random.nextInt(3) == 0) {
                    eachVolumes(VICTIM, Nbdkit::kill);
                    loaded.goOn(1 + random.nextInt(6));
                }
                loaded.kill(random.nextInt(3000));
                servers.forEach(Nbdkit::kill);
                servers.forEach(Nbdkit::start);
                loaded.quorumd.start();
                totals = loaded.readBack();
                loaded.awaitWhole();
            }
            assertThat(totals.gone())
                    .as("sectors whose unflushed content is gone")
                    .isPositive();
            assertThat(totals.flushes()).isPositive();
        }
    }

    private interface Deed {
        void on(Nbdkit server);
    }

    private void eachVolumes(int child, Deed deed) {
        for (int i = child; i < servers.size(); i += 3) {
            deed.on(servers.get(i));
        }
    }
}
