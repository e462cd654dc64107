package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.json.BasicJsonTester;
import org.springframework.boot.test.json.JsonContent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The service from its start to its stop, over HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class ServiceTest {

    private final BasicJsonTester json = new BasicJsonTester(getClass());

    @TempDir
    Path folder;

    @Test
    void aFirstStartMakesTheFilesAndIsHealthy() throws IOException, InterruptedException {
        try (Service service = Service.start(folder)) {
            HttpResponse<String> response = service.get("/actuator/health");
            JsonContent<Object> health = json.from(response.body());
            String disk0 = "@.components.volumes.components.disk0";

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(folder.resolve("disk0-c.img")).hasSize(1 << 20);
            assertThat(health).extractingJsonPathStringValue("@.status").isEqualTo("UP");
            assertThat(health)
                    .extractingJsonPathNumberValue(disk0 + ".details.margin")
                    .isEqualTo(1);
            assertThat(health)
                    .extractingJsonPathStringValue(disk0 + ".details.children.disk0-b.state")
                    .isEqualTo("answering");
            assertThat(service.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThat(service.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aStopIsCleanAndTheNextStartFindsEveryChild() throws IOException, InterruptedException {
        Service.start(folder).close();
        assertThat(folder.resolve("state/disk0/volume.json")).content().contains("\"clean\" : true");

        try (Service service = Service.start(folder)) {
            assertThat(json.from(service.get("/api/volumes").body()))
                    .extractingJsonPathStringValue("@[0].health")
                    .isEqualTo("UP");
        }
    }

    @Test
    void aFileThatVanishedIsAFaultedChildAndNotMadeAnew() throws IOException, InterruptedException {
        Service.start(folder).close();
        Files.delete(folder.resolve("disk0-b.img"));

        try (Service service = Service.start(folder)) {
            HttpResponse<String> response = service.get("/actuator/health");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(json.from(response.body()))
                    .extractingJsonPathStringValue("@.status")
                    .isEqualTo("DEGRADED");
            assertThat(json.from(service.get("/api/volumes/disk0").body()))
                    .extractingJsonPathStringValue("@.children[1].state")
                    .isEqualTo("faulted");
            assertThat(folder.resolve("disk0-b.img")).doesNotExist();
        }
    }

    @Test
    void spaceIsReservedWhereThatIsConfigured() throws IOException {
        Path file = folder.resolve("below/disk0-a.img");
        try (Service service =
                Service.start(folder, "--quorumd.volumes[0].children[0].uri=file:" + file + "?preallocate=true")) {
            assertThat(service.portal().getPort()).isPositive();
            assertThat(file).hasSize(1 << 20);
            assertThat(blocks(file)).isGreaterThanOrEqualTo(2048);
            assertThat(blocks(folder.resolve("disk0-b.img"))).isLessThan(2048);
        }
    }

    /** Of 512 bytes, that the file occupies. */
    private static long blocks(Path file) throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    }

    @Test
    void metricsAreServedToPrometheus() throws IOException, InterruptedException {
        try (Service service = Service.start(folder)) {
            assertThat(service.get("/actuator/prometheus").body())
                    .contains("quorumd_volume_margin{volume=\"disk0\"} 1.0")
                    .contains("quorumd_child_io_seconds_count{child=\"disk0-a\",op=\"read\",volume=\"disk0\"}")
                    .contains("quorumd_iscsi_sessions 0.0");
        }
    }

    @Test
    void whatIsNotThereIsAProblemDetail() throws IOException, InterruptedException {
        try (Service service = Service.start(folder)) {
            HttpResponse<String> response = service.get("/api/volumes/nosuch");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(json.from(response.body()))
                    .extractingJsonPathStringValue("@.detail")
                    .isEqualTo("There is no such volume.");
        }
    }

    @Test
    void noSecretIsServedOrLogged(CapturedOutput output) throws IOException, InterruptedException {
        Path password = Files.writeString(folder.resolve("password"), "of the admin");
        Path secret = Files.writeString(folder.resolve("secret"), "a secret of chap\n");
        String[] secrets = {"a secret of", "of the admin", base64("a secret of chap"), hex("a secret of chap")};
        try (Service service = Service.start(
                folder,
                "--quorumd.targets[0].name=iqn.2026-11.io.quorumd:disk0",
                "--quorumd.targets[0].luns[0].volume=disk0",
                "--quorumd.targets[0].chap.user=initiator1",
                "--quorumd.targets[0].chap.secret-file=" + secret,
                "--quorumd.targets[0].chap.mutual-user=target1",
                "--quorumd.targets[0].chap.mutual-secret=a secret of the target",
                "--quorumd.iscsi.discovery-chap.user=discoverer",
                "--quorumd.iscsi.discovery-chap.secret=a secret of discovery",
                "--quorumd.admin.user=admin",
                "--quorumd.admin.password-file=" + password)) {
            assertThat(loginStatus(service)).as("without CHAP").isEqualTo(0x0201);
            for (String path : new String[] {
                "/actuator",
                "/actuator/health",
                "/actuator/info",
                "/actuator/metrics",
                "/api/volumes",
                "/api/volumes/disk0",
                "/api/volumes/disk0/journal",
                "/api/sessions",
                "/api/events",
                "/actuator/prometheus"
            }) {
                HttpResponse<String> response = service.get(path);

                assertThat(response.statusCode()).as(path).isEqualTo(200);
                assertThat(response.body()).as(path).doesNotContain(secrets);
            }
            for (String path : new String[] {"/actuator/env", "/actuator/configprops", "/actuator/beans"}) {
                assertThat(service.get(path).statusCode()).as(path).isEqualTo(404);
            }
        }
        assertThat(output.getAll()).contains("login refused").doesNotContain(secrets);
    }

    /** The status of a login that proves nothing. */
    private static int loginStatus(Service service) throws IOException {
        byte[] keys = "InitiatorName=iqn.2026-11.io.example:a\0TargetName=iqn.2026-11.io.quorumd:disk0\0"
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer login = ByteBuffer.allocate(48 + (keys.length + 3) / 4 * 4);
        login.putShort((short) 0x4387).putInt(4, keys.length).position(48).put(keys);
        try (Socket socket =
                new Socket(service.portal().getAddress(), service.portal().getPort())) {
            socket.getOutputStream().write(login.array());
            return ByteBuffer.wrap(socket.getInputStream().readNBytes(48)).getShort(36);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String portal = "127.0.0.1:" + taken.getLocalPort();
            FailureAnalysis refusal =
                    Service.refusal(catchThrowable(() -> Service.start(folder, "--quorumd.iscsi.portals=" + portal)));

            assertThat(refusal.getDescription())
                    .startsWith("quorumd.iscsi.portals: cannot listen on " + portal)
                    .doesNotContain("\n");
        }
    }

    @Test
    void aStateDirectoryInUseIsNamed() {
        try (Service service = Service.start(folder)) {
            FailureAnalysis refusal = Service.refusal(catchThrowable(() -> Service.start(folder)));

            assertThat(service.portal().getPort()).isPositive();
            assertThat(refusal.getDescription())
                    .contains(folder.resolve("state").toString())
                    .doesNotContain("\n");
        }
    }

    @Test
    void aVolumeWithTooFewChildrenSaysWhichAndWhy() throws IOException {
        Service.start(folder).close();
        Files.delete(folder.resolve("disk0-a.img"));
        Files.delete(folder.resolve("disk0-b.img"));

        FailureAnalysis refusal = Service.refusal(catchThrowable(() -> Service.start(folder)));

        assertThat(refusal.getDescription()).contains("disk0", "does not exist").doesNotContain("\n");
    }
}
