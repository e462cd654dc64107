package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No configuration at all, in an empty folder. */
class DefaultsIT {

    private static final long GIGABYTE = 1L << 30;

    @TempDir
    Path folder;

    @Test
    void servesOneTargetWithOneDiskOfThreeFiles() throws IOException {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            assertThat(Tool.succeed("iscsi-ls", "-s", "iscsi://127.0.0.1:" + quorumd.port()))
                    .contains("Target:" + Quorumd.IQN)
                    .containsOnlyOnce("Target:")
                    .containsOnlyOnce("Lun:")
                    .contains("Lun:0");
            for (String child : List.of("a", "b", "c")) {
                assertThat(Files.size(folder.resolve("data/disk0-" + child + ".img")))
                        .isEqualTo(GIGABYTE);
            }
            assertThat(folder.resolve("data/state")).isDirectory();
            var health = quorumd.get("/actuator/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("\"status\":\"UP\"").contains("disk0-a", "disk0-b", "disk0-c");
            quorumd.stop();
        }
    }
}
