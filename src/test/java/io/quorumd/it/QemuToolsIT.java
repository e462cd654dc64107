package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QEMU's own iSCSI initiator, by its tools. */
class QemuToolsIT {

    @TempDir
    static Path folder;

    private static Quorumd quorumd;

    @BeforeAll
    static void start() {
        quorumd = Quorumd.start(folder);
    }

    @AfterAll
    static void stop() {
        quorumd.stop();
    }

    @Test
    void seeTheDisk() {
        assertThat(Tool.succeed("qemu-img", "info", quorumd.url(0)))
                .contains("file format: raw")
                .contains("virtual size: 1 GiB (" + (1L << 30) + " bytes)");
    }

    @Test
    void bench() {
        for (String direction : List.of("read", "write")) {
            List<String> command =
                    new ArrayList<>(List.of("qemu-img", "bench", "-f", "raw", "-t", "none", "-c", "2000"));
            command.addAll(List.of("-d", "32", "-s", "4096"));
            if (direction.equals("write")) {
                command.add("-w");
            }
            command.add(quorumd.url(0));
            assertThat(Tool.succeed(command.toArray(String[]::new))).contains("Run completed");
        }
    }

    @Test
    void writeFlushDiscardAndFindEveryPattern() throws IOException {
        qemuIo(
                "write -P 0x11 0 8M",
                "write -P 0x22 1M 512",
                "write -P 0x33 2097664 64k",
                "write -z -u 4M 1M",
                "discard 5M 1M",
                "flush");
        qemuIo(
                "read -P 0x11 0 1M",
                "read -P 0x22 1M 512",
                "read -P 0x33 2097664 64k",
                "read -P 0x11 2163200 512",
                "read -P 0 4M 1M",
                "read -P 0 5M 1M",
                "read -P 0x11 6M 2M",
                "write -P 0x44 1073741312 512",
                "read -P 0x44 1073741312 512");
        Path a = folder.resolve("data/disk0-a.img");
        for (String child : List.of("b", "c")) {
            assertThat(Files.mismatch(a, folder.resolve("data/disk0-" + child + ".img")))
                    .as("first byte that differs between the children a and %s", child)
                    .isEqualTo(-1);
        }
    }

    private static void qemuIo(String... commands) {
        List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "raw"));
        for (String one : commands) {
            command.addAll(List.of("-c", one));
        }
        command.add(quorumd.url(0));
        assertThat(Tool.succeed(command.toArray(String[]::new))).doesNotContain("verification failed", "error");
    }
}
