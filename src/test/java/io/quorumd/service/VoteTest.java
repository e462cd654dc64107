package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The vote of a volume changed over HTTP while it serves. */
class VoteTest {

    private static final String VOLUME = "/api/volumes/disk0";

    @TempDir
    Path folder;

    @Test
    void isAnotherOneInHealthAndOptionsAndOutlivesGrowingAndNotARestart() throws IOException, InterruptedException {
        try (Service service = Service.startWithAdmin(folder)) {
            JsonNode three = json(service.change("PATCH", VOLUME, "{\"vote-threshold\": 3}"));
            assertVote(three, 3, "quorum", true);
            assertThat(three.path("margin").asInt()).isZero();
            assertThat(service.get("/actuator/health/volumes").body())
                    .contains("\"vote-threshold\":3", "3 children, threshold 3: 0 may stop answering");
            assertVote(json(service.change("PATCH", VOLUME, "{\"read-pattern\": \"fifo\"}")), 3, "fifo", false);

            assertThat(service.change("PATCH", VOLUME, "{\"size\": \"8MB\"}").statusCode())
                    .isEqualTo(200);
            assertVote(json(service.get(VOLUME)), 3, "fifo", false);
            assertVote(json(service.change("PATCH", VOLUME, "{\"read-pattern\": \"quorum\"}")), 3, "quorum", true);
        }
        try (Service service = Service.startWithAdmin(folder, "--quorumd.volumes[0].size=8MB")) {
            assertVote(json(service.get(VOLUME)), 2, "quorum", true);
        }
    }

    @Test
    void isRefusedWithWhatWouldBeRight() throws IOException, InterruptedException {
        try (Service service = Service.startWithAdmin(
                folder,
                "--quorumd.volumes[0].rewrite-corrupted=true",
                "--quorumd.volumes[1].name=plain",
                "--quorumd.volumes[1].kind=plain",
                "--quorumd.volumes[1].size=1MB",
                "--quorumd.volumes[1].children[0].node-name=p",
                "--quorumd.volumes[1].children[0].uri=file:" + folder.resolve("p.img"))) {
            assertRefused(
                    service, VOLUME, "{\"vote-threshold\": 0}", 400, "disk0.vote-threshold: is 0. Set it to 1 to 3.");
            assertRefused(service, VOLUME, "{\"vote-threshold\": 4}", 400, "4 is more than 3. Set it to 1 to 3.");
            assertRefused(service, VOLUME, "{\"vote-threshold\": \"2\"}", 400, "1 to the number of children");
            assertRefused(service, VOLUME, "{\"vote-threshold\": null}", 400, "1 to the number of children");
            assertRefused(service, VOLUME, "{\"read-pattern\": \"all\"}", 400, "set read-pattern as fifo or quorum");
            assertRefused(
                    service, VOLUME, "{\"read-pattern\": \"fifo\"}", 400, "disk0.rewrite-corrupted: is true with");
            String both = "{\"vote-threshold\": 1, \"read-pattern\": \"quorum\"}";
            assertRefused(service, VOLUME, both, 400, "one at a time");
            assertRefused(service, "/api/volumes/plain", "{\"vote-threshold\": 1}", 409, "A plain volume has one copy");
            assertVote(json(service.get(VOLUME)), 2, "quorum", true);
        }
    }

    @Test
    void neverNeedsMoreCopiesThanAreInSync() throws IOException, InterruptedException {
        Service.startWithAdmin(folder).close();
        Files.delete(folder.resolve("disk0-b.img"));
        try (Service service = Service.startWithAdmin(folder)) {
            String why = "in some region 2 children answer and are in sync, fewer than a threshold of 3";
            assertRefused(service, VOLUME, "{\"vote-threshold\": 3}", 409, why);
            assertThat(json(service.change("PATCH", VOLUME, "{\"vote-threshold\": 1}"))
                            .path("margin")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    private static void assertVote(JsonNode volume, int threshold, String pattern, boolean rewrites) {
        JsonNode options = volume.path("options");
        assertThat(volume.path("vote-threshold").asInt()).isEqualTo(threshold);
        assertThat(options.path("vote-threshold").asInt()).isEqualTo(threshold);
        assertThat(options.path("read-pattern").asString()).isEqualTo(pattern);
        assertThat(options.path("rewrite-corrupted").asBoolean()).isEqualTo(rewrites);
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }

    private static void assertRefused(Service service, String path, String change, int status, String detail)
            throws IOException, InterruptedException {
        HttpResponse<String> response = service.change("PATCH", path, change);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(new JsonMapper().readTree(response.body()).path("detail").asString())
                .contains(detail);
    }
}
