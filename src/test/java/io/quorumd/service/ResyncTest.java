package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's say in a resync, over HTTP. */
class ResyncTest {

    private static final String VOLUME = "/api/volumes/disk0";
    private static final String RESYNC = VOLUME + "/resync";

    @TempDir
    Path folder;

    @Test
    void isPausedSlowedAndLetGoOnWhileTheVolumeServes() throws IOException, InterruptedException {
        start("0").close();
        makeAnew("disk0-c");
        try (Service service = start("1")) {
            assertThat(service.get(RESYNC).body())
                    .contains("\"running\":true", "\"paused\":false", "\"resync-rate\":1,")
                    .doesNotContain("\"disk0-c\":{\"stale-bytes\":0}");

            HttpResponse<String> paused = service.change("DELETE", RESYNC, "");
            assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
            assertThat(paused.body()).contains("\"running\":false", "\"paused\":true", "an operator to resume it");
            assertThat(service.get("/actuator/health/volumes").body())
                    .contains("resync is paused by an operator (POST /api/volumes/disk0/resync lets it go on)");
            HttpResponse<String> hurried = service.change("PATCH", VOLUME, "{\"resync-rate\": \"1GB\"}");
            assertThat(hurried.body()).contains("\"resync-rate\":1073741824", "\"paused\":true");

            assertThat(service.change("POST", RESYNC, "").body()).contains("\"paused\":false");
            await().untilAsserted(() -> assertThat(service.get(RESYNC).body())
                    .contains("\"running\":false", "\"disk0-c\":{\"stale-bytes\":0}"));
            assertThat(service.get(VOLUME).body()).contains("\"health\":\"UP\"", "\"resync-rate\":1073741824");
        }
    }

    @Test
    void whatWasAskedOutlivesGrowingAndNotARestart() throws IOException, InterruptedException {
        try (Service service = start("0")) {
            service.change("DELETE", RESYNC, "");
            service.change("PATCH", VOLUME, "{\"resync-rate\": 5}");
            assertThat(service.change("PATCH", VOLUME, "{\"size\": \"8MB\"}").statusCode())
                    .isEqualTo(200);
            await().untilAsserted(() ->
                    assertThat(service.get(RESYNC).body()).contains("\"paused\":true", "\"resync-rate\":5"));
        }
        try (Service service = start("0", "--quorumd.volumes[0].size=8MB")) {
            assertThat(service.get(RESYNC).body()).contains("\"paused\":false", "\"resync-rate\":0");
        }
    }

    @Test
    void whereTooFewAreInSyncOneChildIsAcceptedAsTruth() throws IOException, InterruptedException {
        start("0").close();
        makeAnew("disk0-c");
        try (Service service = start("1")) {
            assertThat(service.change("POST", VOLUME + "/children/nobody/accept", "")
                            .statusCode())
                    .isEqualTo(404);
            assertRefused(service, "disk0-a", "there is nothing that a child would have to decide");
            try (RandomAccessFile lost = new RandomAccessFile(file("disk0-b"), "rw")) {
                lost.setLength(0);
            }
            service.change("PATCH", VOLUME, "{\"resync-rate\": 0}");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(service.get(VOLUME).body()).contains("\"health\":\"DOWN\"", "\"margin\":-1"));
            assertRefused(service, "disk0-b", "child disk0-b does not answer");
            service.change("DELETE", RESYNC, "");
            assertRefused(service, "disk0-a", "The resync is paused");
            service.change("POST", RESYNC, "");
            HttpResponse<String> accepted = service.change("POST", VOLUME + "/children/disk0-a/accept", "");
            assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
            await().untilAsserted(() ->
                    assertThat(service.get(VOLUME).body()).contains("\"health\":\"DEGRADED\"", "\"margin\":0"));
        }
    }

    @Test
    void refusesWhatCannotBeAndNamesIt() throws IOException, InterruptedException {
        try (Service service = start(
                "0",
                "--quorumd.volumes[1].name=plain",
                "--quorumd.volumes[1].kind=plain",
                "--quorumd.volumes[1].size=1MB",
                "--quorumd.volumes[1].children[0].node-name=p",
                "--quorumd.volumes[1].children[0].uri=file:" + folder.resolve("p.img"))) {
            for (String method : new String[] {"POST", "DELETE"}) {
                HttpResponse<String> plain = service.change(method, "/api/volumes/plain/resync", "");
                assertThat(plain.statusCode()).isEqualTo(409);
                assertThat(plain.body()).contains("nothing to resync");
                assertThat(service.change(method, "/api/volumes/none/resync", "")
                                .statusCode())
                        .isEqualTo(404);
                assertThat(service.send(service.request(RESYNC)
                                        .method(method, BodyPublishers.noBody())
                                        .build())
                                .statusCode())
                        .isEqualTo(401);
            }
            for (String rate : new String[] {"-1", "\"-1MB\"", "\"much\"", "null", "1.5"}) {
                HttpResponse<String> bad = service.change("PATCH", VOLUME, "{\"resync-rate\": " + rate + "}");
                assertThat(bad.statusCode()).as(rate).isEqualTo(400);
                assertThat(bad.body()).contains("resync-rate is");
            }
            HttpResponse<String> unit = service.change("PATCH", VOLUME, "{\"vote-unit\": \"request\"}");
            assertThat(unit.statusCode()).isEqualTo(400);
            assertThat(unit.body()).contains("resync-rate", "configuration and by a restart");
        }
    }

    /** Its copy is lost, and an empty file of the right length stands in its place. */
    private void makeAnew(String child) throws IOException {
        Files.delete(file(child).toPath());
        try (RandomAccessFile empty = new RandomAccessFile(file(child), "rw")) {
            empty.setLength(4 << 20);
        }
    }

    private File file(String child) {
        return folder.resolve(child + ".img").toFile();
    }

    private Service start(String rate, String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "--quorumd.volumes[0].resync-rate=" + rate;
        arguments[1] = "--quorumd.volumes[0].size=4MB";
        System.arraycopy(more, 0, arguments, 2, more.length);
        return Service.startWithAdmin(folder, arguments);
    }

    private static void assertRefused(Service service, String child, String detail)
            throws IOException, InterruptedException {
        HttpResponse<String> response = service.change("POST", VOLUME + "/children/" + child + "/accept", "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(409);
        assertThat(response.body()).contains(detail);
    }
}
