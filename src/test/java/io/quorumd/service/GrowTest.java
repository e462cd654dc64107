package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume made longer over HTTP. */
class GrowTest {

    @TempDir
    Path folder;

    @Test
    void growsWithAllItsChildrenAndStaysSo() throws IOException, InterruptedException {
        try (Service service = start()) {
            HttpResponse<String> response = grow(service, "\"8MB\"");
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).contains("\"size\":8388608", "\"health\":\"UP\"");
            for (String child : new String[] {"a", "b", "c"}) {
                assertThat(folder.resolve("disk0-" + child + ".img")).hasSize(8 << 20);
            }
            assertThat(grow(service, Long.toString(9 << 20)).statusCode()).isEqualTo(200);
        }
        assertThat(folder.resolve("state/disk0/volume.json"))
                .content()
                .contains("\"size\" : 9437184", "\"clean\" : true", "\"growing-to\" : 0");
        try (Service service = start()) {
            assertThat(service.get("/api/volumes/disk0").body()).contains("\"size\":9437184", "\"health\":\"UP\"");
        }
    }

    @Test
    void refusesWhatCannotBe() throws IOException, InterruptedException {
        try (Service service = start()) {
            assertRefused(service, "1048576", 409, "can only be made longer");
            assertRefused(service, "\"1KB\"", 409, "can only be made longer");
            assertRefused(service, "8388609", 409, "multiple of its block size of 512 bytes");
            assertRefused(service, "\"much\"", 400, "size is a number of bytes");
            assertRefused(service, "null", 400, "size is a number of bytes");
            try (RandomAccessFile longer =
                    new RandomAccessFile(folder.resolve("disk0-b.img").toFile(), "rw")) {
                longer.setLength(16 << 20);
            }
            assertRefused(service, "\"8MB\"", 409, "Child disk0-b has 16777216 bytes already");
            assertThat(grow(service, "\"16MB\"").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void growsOnlyWithAllChildren() throws IOException, InterruptedException {
        start().close();
        Files.delete(folder.resolve("disk0-b.img"));
        try (Service service = start()) {
            assertRefused(service, "\"8MB\"", 409, "child disk0-b does not answer");
        }
    }

    @Test
    void keepsSpaceReservedAndGrowsAPlainVolumeToo() throws IOException, InterruptedException {
        try (Service service = start(
                "--quorumd.volumes[0].children[0].uri=file:" + folder.resolve("disk0-a.img") + "?preallocate=true",
                "--quorumd.volumes[1].name=plain",
                "--quorumd.volumes[1].kind=plain",
                "--quorumd.volumes[1].size=1MB",
                "--quorumd.volumes[1].children[0].node-name=p",
                "--quorumd.volumes[1].children[0].uri=file:" + folder.resolve("p.img"))) {
            assertThat(grow(service, "\"4MB\"").statusCode()).isEqualTo(200);
            assertThat(occupied("disk0-a.img")).isGreaterThanOrEqualTo(4 << 20);
            assertThat(occupied("disk0-b.img")).isLessThan(4 << 20);
            HttpResponse<String> plain = patch(service, "plain", "\"2MB\"");
            assertThat(plain.statusCode()).as(plain.body()).isEqualTo(200);
            assertThat(folder.resolve("p.img")).hasSize(2 << 20);
        }
    }

    private long occupied(String file) throws IOException {
        Process stat =
                new ProcessBuilder("stat", "-c", "%b", folder.resolve(file).toString()).start();
        String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return 512 * Long.parseLong(blocks.strip());
    }

    private Service start(String... more) {
        return Service.startWithAdmin(folder, more);
    }

    private static void assertRefused(Service service, String size, int status, String detail)
            throws IOException, InterruptedException {
        HttpResponse<String> response = grow(service, size);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(detail);
    }

    private static HttpResponse<String> grow(Service service, String size) throws IOException, InterruptedException {
        return patch(service, "disk0", size);
    }

    private static HttpResponse<String> patch(Service service, String volume, String size)
            throws IOException, InterruptedException {
        return service.change("PATCH", "/api/volumes/" + volume, "{\"size\": " + size + "}");
    }
}
