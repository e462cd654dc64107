package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.quorumd.helm.Chart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The image, run as the chart runs it, behind an address that is not its own. */
class ContainerIT {

    private static final String VALUES = """
            lease: {enabled: false}
            service: {port: %d}
            volumes:
              - name: disk0
                size: 1GB
                children: [{name: a, claim: {size: 2Gi}}, {name: b, claim: {size: 2Gi}}, {name: c, claim: {size: 2Gi}}]
            """;

    private static final int REQUESTS = 5_000;

    @TempDir
    Path folder;

    private final int port = Quorumd.freePort();

    /** Before each, so that each is reported as skipped where there is no engine. */
    @BeforeEach
    void build() {
        QuorumdContainer.buildImage();
    }

    @Test
    void passesTheChartsOwnTestWithChapInBothDirections() {
        Chart chart = Chart.of(VALUES.formatted(port) + """
                chap:
                  enabled: true
                  session: {username: initiator, password: session-secret-in, usernameIn: target, passwordIn: session-secret-out}
                  discoverySession: {username: finder, password: finding-secret-in, usernameIn: found, passwordIn: finding-secret-out}
                """);
        try (ChartPod pod = new ChartPod(folder, chart, "127.0.0.1", port)) {
            Container test = chart.object(Pod.class, "quorumd-test")
                    .getSpec()
                    .getContainers()
                    .getFirst();
            List<String> command = new ArrayList<>(List.of("env"));
            pod.environment(test).forEach((name, value) -> command.add(name + "=" + value));
            Path tools = Path.of(Tool.compiled("iscsi-verify")).getParent();
            command.add("PATH=" + tools + ":" + System.getenv("PATH"));
            command.addAll(test.getCommand());
            command.addAll(test.getArgs());

            String output = Tool.succeed(command.toArray(String[]::new));

            assertThat(output)
                    .contains("Target:" + Quorumd.IQN + " Portal:127.0.0.1:" + port + ",1")
                    .contains(" wrong=0 errors=0");
            assertThat(pod.log()).doesNotContain("secret-in", "secret-out");
        }
    }

    @Test
    void losesNothingWhenItIsKilledAndEndsInOrderWhenAsked() throws InterruptedException {
        try (ChartPod pod = new ChartPod(folder, Chart.of(VALUES.formatted(port)), "127.0.0.1", port)) {
            Semaphore progress = new Semaphore(0);
            VerifiedLoad load = VerifiedLoad.start(
                    "iscsi://127.0.0.1:" + port + "/" + Quorumd.IQN + "/0",
                    2,
                    32,
                    REQUESTS,
                    acknowledged -> progress.release());
            assertThat(progress.tryAcquire(2, 60, TimeUnit.SECONDS))
                    .as("writes go on")
                    .isTrue();
            pod.killAndStart();
            load.assertClean();
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .untilAsserted(() ->
                            assertThat(pod.health()).contains("\"margin\":1").endsWith("\"status\":\"UP\"}"));
            assertThat(pod.stop()).as(pod.log()).isIn(0, 143);

            int used = (int) (2 * VerifiedLoad.BYTES_PER_SESSION);
            byte[] a = pod.child("disk0-a").read(0, used);
            assertThat(pod.child("disk0-b").read(0, used)).isEqualTo(a);
            assertThat(pod.child("disk0-c").read(0, used)).isEqualTo(a);
        }
    }

    /** The guest knows one address, of a gateway that translates it twice, and that is the one it must be told. */
    @Test
    void aLinuxKernelLogsInAtTheServicesAddress() {
        try (ChartPod pod = new ChartPod(folder, Chart.of(VALUES.formatted(port)), "10.0.2.2", port)) {
            LinuxGuest.run("login", port, "TARGET_IQN=" + Quorumd.IQN);
            assertThat(pod.stop()).as(pod.log()).isIn(0, 143);
        }
    }
}
