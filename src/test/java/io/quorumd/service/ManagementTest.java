package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health for load balancers, and management on a port of its own, as docs/operations.md says. */
class ManagementTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void managementCanHaveAPortOfItsOwn() throws IOException, InterruptedException {
        try (Service service =
                Service.start(folder, "--management.server.port=0", "--management.server.address=127.0.0.1")) {
            assertThat(service.get("/api/volumes").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/health").statusCode()).isEqualTo(404);
            String port = service.context().getEnvironment().getRequiredProperty("local.management.port");
            for (String path : new String[] {"health", "health/readiness", "health/liveness", "prometheus"}) {
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
                        .build();
                assertThat(service.send(request).statusCode()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void aLoadBalancersGroupFailsExactlyWhileOneOfItsVolumesCannotServe() throws IOException, InterruptedException {
        start("0").close();
        Files.delete(folder.resolve("disk0-c.img"));
        setLength("disk0-c.img", 1 << 20);
        try (Service service = start("1")) {
            assertStatuses(service, 200, "disk0", "plain", "both", "readiness", "liveness");
            assertThat(service.get("/actuator/health/disk0").body()).contains("\"status\":\"DEGRADED\"");

            setLength("disk0-b.img", 0);
            // What fills disk0-c is who reads from it next.
            service.change("PATCH", "/api/volumes/disk0", "{\"resync-rate\": 0}");
            await().atMost(LIMIT).untilAsserted(() -> assertStatuses(service, 503, "disk0", "both", ""));
            assertStatuses(service, 200, "plain", "readiness", "liveness");

            service.change("POST", "/api/volumes/disk0/children/disk0-a/accept", "");
            await().atMost(LIMIT).untilAsserted(() -> assertStatuses(service, 200, "disk0", "both", ""));
        }
    }

    /** With a second volume, and a group for each of them and for both. */
    private Service start(String resyncRate) {
        List<String> arguments = new ArrayList<>(List.of(
                "--quorumd.volumes[0].resync-rate=" + resyncRate,
                "--quorumd.volumes[1].name=plain",
                "--quorumd.volumes[1].kind=plain",
                "--quorumd.volumes[1].size=1MB",
                "--quorumd.volumes[1].children[0].node-name=p",
                "--quorumd.volumes[1].children[0].uri=file:" + folder.resolve("p.img")));
        String group = "--management.endpoint.health.group.";
        arguments.add(group + "disk0.include=volumes/disk0");
        arguments.add(group + "plain.include=volumes/plain");
        arguments.add(group + "both.include=volumes/disk0, volumes/plain");
        return Service.startWithAdmin(folder, arguments.toArray(String[]::new));
    }

    private void setLength(String name, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    private static void assertStatuses(Service service, int status, String... groups)
            throws IOException, InterruptedException {
        for (String group : groups) {
            int answered = service.get("/actuator/health/" + group).statusCode();
            assertThat(answered).as("status of group '%s'", group).isEqualTo(status);
        }
    }
}
