package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chart's alerts and dashboard, with a real Prometheus. */
class MonitoringIT {

    private static final Path CHART = Path.of("helm/quorumd").toAbsolutePath();
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    @Test
    void everyAlertFiresWhenItShould() {
        Tool.succeed(
                "promtool",
                "check",
                "rules",
                CHART.resolve("rules/quorumd.yaml").toString());
        Tool.succeed("promtool", "test", "rules", "src/test/resources/helm/rules.test.yaml");
    }

    @Test
    void everyPanelShowsWhatItAsksFor() throws IOException, InterruptedException {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            VerifiedLoad.start(quorumd.url(0), 1, 8, 500, acknowledged -> {}).assertClean();
            int port = Quorumd.freePort();
            Process prometheus = prometheus(quorumd.httpPort(), port);
            try {
                for (String query : queries()) {
                    String path = "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
                    await(query)
                            .atMost(Duration.ofSeconds(60))
                            .ignoreExceptions()
                            .untilAsserted(() -> assertThat(get(port, path).at("/data/result"))
                                    .isNotEmpty());
                }
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(
                                        get(port, "/api/v1/rules").at("/data/groups/0/rules"))
                                .hasSize(8)
                                .allSatisfy(
                                        rule -> assertThat(rule.get("health").asString())
                                                .isEqualTo("ok")));
            } finally {
                prometheus.destroy();
                prometheus.waitFor();
            }
        }
    }

    private Process prometheus(int scraped, int port) throws IOException {
        Tool.require("prometheus");
        Path configuration = Files.writeString(folder.resolve("prometheus.yaml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s/rules/quorumd.yaml"]
                scrape_configs:
                  - job_name: quorumd
                    metrics_path: /actuator/prometheus
                    static_configs: [{targets: ["127.0.0.1:%d"]}]
                """.formatted(CHART, scraped));
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
    }

    /** What the dashboard's panels ask, with its variables filled in as Grafana does. */
    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = JSON.readTree(Files.readString(CHART.resolve("dashboards/quorumd.json")));
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.get("targets")) {
                queries.add(target.get("expr")
                        .asString()
                        .replace("$__rate_interval", "10s")
                        .replace("$volume", ".*"));
            }
        }
        assertThat(queries).hasSizeGreaterThan(10);
        return queries;
    }

    private static JsonNode get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return JSON.readTree(
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }
}
