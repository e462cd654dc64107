package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One copy is damaged over and over while two sessions work on the disk. */
class CorruptionIT {

    private static final int BLOCKS_AT_A_TIME = 64;

    @TempDir
    Path folder;

    @Test
    void nobodyReadsAWrongByteAndTheCopyIsRepaired() {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            Child a = new Child(folder.resolve("data/disk0-a.img"));
            Child b = new Child(folder.resolve("data/disk0-b.img"));
            Child c = new Child(folder.resolve("data/disk0-c.img"));
            int used = (int) (2 * VerifiedLoad.BYTES_PER_SESSION);
            AtomicInteger damaged = new AtomicInteger();
            VerifiedLoad.start(quorumd.url(0), 2, 32, 15_000, acknowledged -> {
                        b.overwriteBlocks(BLOCKS_AT_A_TIME, used);
                        damaged.addAndGet(BLOCKS_AT_A_TIME);
                    })
                    .assertClean();
            assertThat(damaged).hasPositiveValue();

            readAll(quorumd, used);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(b.read(0, used)).as("child b").isEqualTo(a.read(0, used));
                assertThat(c.read(0, used)).as("child c").isEqualTo(a.read(0, used));
            });
            assertThat(quorumd.get("/actuator/health").body()).contains("\"status\":\"UP\"");
            quorumd.stop();
            assertThat(quorumd.log()).anyMatch(line -> line.contains("disk0-b"));
        }
    }

    private static void readAll(Quorumd quorumd, int bytes) {
        Tool.succeed("qemu-io", "-r", "-f", "raw", "-c", "read 0 " + bytes, quorumd.url(0));
    }
}
