package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health for load balancers, and management on a port of its own, as docs/operations.md says. */
class ManagementTest {

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
    void aGroupForALoadBalancerCanAskForOneVolume() throws IOException, InterruptedException {
        try (Service service = Service.start(
                folder,
                "--management.endpoint.health.group.disk0.include=volumes/disk0",
                "--management.endpoint.health.group.plain.include=volumes/plain",
                "--quorumd.volumes[1].name=plain",
                "--quorumd.volumes[1].kind=plain",
                "--quorumd.volumes[1].size=1MB",
                "--quorumd.volumes[1].children[0].node-name=p",
                "--quorumd.volumes[1].children[0].uri=file:" + folder.resolve("p.img"))) {
            assertThat(service.get("/actuator/health/disk0").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/health/plain").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        }
    }
}
