package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.SyncDevice;
import io.quorumd.block.iscsi.Opener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes without a vote whose one copy is on a server that is killed and comes back. */
class PlainVolumeIT {

    private static final long SIZE = 8L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aServerThatWasKilledIsUsedAgainAndWhatMayBeLostIsTold() {
        try (QemuNbd nbd = QemuNbd.serving(folder.resolve("nbd.img"), SIZE);
                Tgtd tgtd = Tgtd.start(folder, SIZE, 512);
                Quorumd quorumd = Quorumd.startWith(folder, """
                        quorumd:
                          volumes:
                            - {name: nbd, kind: plain, child-timeout: 3s, children: [{node-name: n, uri: "%s"}]}
                            - {name: tgt, kind: plain, child-timeout: 3s, children: [{node-name: t, uri: "%s"}]}
                        """.formatted(nbd.uri(), tgtd.uri()));
                Opener opener = new Opener()) {
            survives(quorumd, opener, "nbd", nbd::close, nbd::restart);
            survives(quorumd, opener, "tgt", tgtd::kill, tgtd::restart);
            quorumd.stop();
            assertThat(quorumd.log())
                    .filteredOn(line -> line.contains("writes that were not flushed may be gone"))
                    .hasSize(2);
        }
    }

    private static void survives(Quorumd quorumd, Opener opener, String volume, Runnable kill, Runnable restart) {
        String lun = quorumd.url(0).replace(":disk0/", ":" + volume + "/");
        byte[] flushed = filled(1);
        SyncDevice disk = new SyncDevice(opener.open(lun));
        disk.write(0, flushed);
        disk.await(disk.flushLater());
        disk.write(4096, filled(2));

        kill.run();
        awaitHealth(quorumd, volume, "DOWN");
        assertThat(VolumeStatus.of(quorumd, volume).reason()).contains("is faulted");
        assertThat(quorumd.get("/actuator/health").statusCode()).isEqualTo(503);

        restart.run();
        awaitHealth(quorumd, volume, "UP");
        assertThat(disk.read(0, 4096)).isEqualTo(flushed);
        assertThat(disk.awaitError(disk.flushLater()).code()).isEqualTo(Errno.EIO);
        byte[] anew = filled(3);
        disk.write(4096, anew);
        disk.await(disk.flushLater());
        assertThat(disk.read(4096, 4096)).isEqualTo(anew);
        disk.await(disk.closeLater());
    }

    private static void awaitHealth(Quorumd quorumd, String volume, String health) {
        await().atMost(LIMIT)
                .until(() -> VolumeStatus.of(quorumd, volume).health().equals(health));
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[4096];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
