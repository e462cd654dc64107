package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The service with some volumes and a {@link SteppedLoad} on each, from kill to kill. */
final class LoadedVolumes implements AutoCloseable {

    private static final Duration WHOLE_LIMIT = Duration.ofSeconds(90);

    final Quorumd quorumd;
    private final Path folder;
    private final List<FileVolume> volumes;
    private final List<SteppedLoad> loads = new ArrayList<>();
    private final Semaphore reached = new Semaphore(0);
    private final Semaphore fifties = new Semaphore(0);

    private LoadedVolumes(Path folder, List<FileVolume> volumes) {
        this.folder = folder;
        this.volumes = volumes;
        this.quorumd = Quorumd.prepared(folder, FileVolume.yaml(volumes), QuickStart.command());
    }

    /**
     * Started, and everything written once and read back.
     *
     * @param loss what a volume with a write cache may lose whenever the service goes away
     */
    static LoadedVolumes start(Path folder, List<FileVolume> volumes, SteppedLoad.Loss loss, long seed) {
        String program = Tool.compiled("iscsi-verify");
        LoadedVolumes loaded = new LoadedVolumes(folder, volumes);
        try {
            loaded.quorumd.start();
            for (int lun = 0; lun < volumes.size(); lun++) {
                String url = loaded.quorumd.url(lun);
                loaded.loads.add(SteppedLoad.start(
                        program,
                        url,
                        volumes.get(lun).hasWriteCache() ? loss : SteppedLoad.Loss.KILL,
                        seed * 100 + lun,
                        loaded.reached::release,
                        loaded.fifties::release));
            }
            loaded.readBack();
            return loaded;
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    /** Begins to work, and returns when one of the volumes has acknowledged so many writes; work goes on. */
    void work(int writes) throws InterruptedException {
        reached.drainPermits();
        loads.forEach(load -> load.go(writes));
        assertThat(reached.tryAcquire(2, TimeUnit.MINUTES))
                .as(() -> "writes go on\n" + story())
                .isTrue();
    }

    /** Returns when all volumes together have acknowledged so many times fifty writes more. */
    void goOn(int fifty) throws InterruptedException {
        fifties.drainPermits();
        assertThat(fifties.tryAcquire(fifty, 2, TimeUnit.MINUTES))
                .as(() -> "writes go on\n" + story())
                .isTrue();
    }

    /** Works until it is killed, so much later than {@link #work}. */
    void workUntilKilled(int writes, int microseconds) throws InterruptedException {
        work(writes);
        kill(microseconds);
    }

    void kill(int microseconds) throws InterruptedException {
        quorumd.process().waitFor(microseconds, TimeUnit.MICROSECONDS);
        quorumd.kill();
    }

    private String story() {
        StringBuilder story = new StringBuilder();
        loads.forEach(load -> story.append(load.output()).append('\n'));
        return story.append(String.join("\n", quorumd.log())).toString();
    }

    /** Waits until all that was ever acknowledged has been read back from the service, which was started again. */
    SteppedLoad.Totals readBack() {
        try {
            return loads.stream()
                    .map(SteppedLoad::awaitVerified)
                    .reduce(SteppedLoad.Totals::plus)
                    .orElseThrow();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + story(), e);
        }
    }

    /** Reads it once more: what {@link #readBack} waited for may have been said before another kill. */
    SteppedLoad.Totals readAgain() {
        loads.forEach(SteppedLoad::again);
        return readBack();
    }

    long unsettledBytes() {
        return VolumeStatus.all(quorumd).stream()
                .mapToLong(VolumeStatus::unsettledBytes)
                .sum();
    }

    /** Waits until every child is in sync and holds the same bytes; nobody may be writing. */
    void awaitWhole() {
        await().atMost(WHOLE_LIMIT).untilAsserted(() -> {
            assertThat(VolumeStatus.all(quorumd)).allMatch(VolumeStatus::isWhole);
            assertChildrenEqual();
        });
    }

    void assertChildrenEqual() {
        volumes.forEach(volume -> volume.assertChildrenEqual(folder, SteppedLoad.USED));
    }

    @Override
    public void close() {
        loads.forEach(SteppedLoad::close);
        quorumd.close();
    }
}
