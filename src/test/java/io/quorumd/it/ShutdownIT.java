package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service is asked to end while two sessions write; every write that was acknowledged is there afterwards. */
class ShutdownIT {

    /** Of each of two sessions, half of them writes: more than the two thousand writes a cycle waits for. */
    private static final int REQUESTS_PER_CYCLE = 5_000;

    @TempDir
    Path folder;

    @Test
    void losesNothingWhenItIsAskedToEnd() throws InterruptedException {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            Semaphore progress = new Semaphore(0);
            VerifiedLoad load = load(quorumd, 2 * REQUESTS_PER_CYCLE, progress);
            await(progress);
            quorumd.stop();
            quorumd.start();
            await(progress);
            load.assertClean();
            quorumd.stop();
        }
        assertChildrenEqual();
    }

    private static VerifiedLoad load(Quorumd quorumd, int requests, Semaphore progress) {
        return VerifiedLoad.start(quorumd.url(0), 2, 32, requests, acknowledged -> progress.release());
    }

    /** Until a thousand writes or two have been acknowledged from now on. */
    private static void await(Semaphore progress) throws InterruptedException {
        progress.drainPermits();
        assertThat(progress.tryAcquire(2, 60, TimeUnit.SECONDS))
                .as("writes go on")
                .isTrue();
    }

    private void assertChildrenEqual() {
        int used = (int) (2 * VerifiedLoad.BYTES_PER_SESSION);
        byte[] a = new Child(folder.resolve("data/disk0-a.img")).read(0, used);
        assertThat(new Child(folder.resolve("data/disk0-b.img")).read(0, used)).isEqualTo(a);
        assertThat(new Child(folder.resolve("data/disk0-c.img")).read(0, used)).isEqualTo(a);
    }
}
