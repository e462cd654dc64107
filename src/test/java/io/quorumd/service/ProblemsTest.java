package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every error of the API is a problem (RFC 9457). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProblemsTest {

    private Path folder;
    private Service service;

    @BeforeAll
    void start(@TempDir Path folder) {
        this.folder = folder;
        service = Service.startWithAdmin(folder);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET    | /api/volumes/none                |              | 404 | There is no such volume.",
                "GET    | /api/volumes/none/journal        |              | 404 | There is no such volume.",
                "GET    | /api/none                        |              | 404 | ",
                "GET    | /api                             |              | 404 | ",
                "DELETE | /api/volumes                     | {}           | 405 | ",
                "GET    | /api/volumes/disk0/journal?limit=x |            | 400 | limit",
                "GET    | /api/volumes/disk0/journal?limit=0 |            | 400 | limit is 1 to",
                "PATCH  | /api/volumes/disk0               | {            | 400 | ",
                "PATCH  | /api/volumes/disk0               | {\"size\": \"x\"} | 400 | size is a number",
                "POST   | /api/targets                     | {\"nam\": 1}  | 400 | ",
                "PATCH  | /api/volumes/disk0               | {\"online\": true} | 409 | not offline",
                "DELETE | /api/targets/none                | {}           | 404 | ",
            })
    void isAnswered(String method, String path, String body, int status, String detail)
            throws IOException, InterruptedException {
        assertProblem(service.change(method, path, body == null ? "" : body), status, detail == null ? "" : detail);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/xml", "*/*"})
    void whateverWasAskedFor(String accepted) throws IOException, InterruptedException {
        HttpRequest request =
                service.request("/api/volumes/none").header("Accept", accepted).build();

        assertProblem(service.send(request), 404, "There is no such volume.");
    }

    @Test
    void whoIsNotTheAdministrator() throws IOException, InterruptedException {
        HttpRequest request = service.request("/api/targets")
                .POST(BodyPublishers.ofString("{}"))
                .setHeader("Content-Type", "application/json")
                .build();

        assertProblem(service.send(request), 401, "administrator");
    }

    @Test
    void nothingOfTheInsideIsShown() throws IOException, InterruptedException {
        Path journal = folder.resolve("state/disk0/journal-1.log");
        Files.deleteIfExists(journal);
        Files.createDirectory(journal);

        HttpResponse<String> response = service.get("/api/volumes/disk0/journal");

        assertProblem(response, 500, "its log says why");
        assertThat(response.body()).doesNotContain("Exception", folder.toString(), "io.quorumd", "trace");
    }

    private static void assertProblem(HttpResponse<String> response, int status, String detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .as(response.body())
                .startsWith("application/problem+json");
        JsonNode problem = new JsonMapper().readTree(response.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asString()).isNotBlank().contains(detail);
    }
}
