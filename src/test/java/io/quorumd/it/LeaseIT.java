package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quorumd.service.lease.ApiServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two services over the same three NBD exports, which admit anybody, each with a state directory of its own: nothing but
 * the Lease keeps them apart.
 */
class LeaseIT {

    private static final long SIZE = 32L << 20;
    private static final int LOST = 75;
    private static final String SOON = "duration: 9s, renew-deadline: 6s";
    /** Longer than any test waits. */
    private static final String NEVER = "duration: 10m, renew-deadline: 5m";

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ApiServer api = ApiServer.start();
    private List<Nbdkit> exports = List.of();

    @BeforeEach
    void serve() {
        exports = List.of(export("a"), export("b"), export("c"));
    }

    private Nbdkit export(String name) {
        return Nbdkit.logging(folder.resolve(name + ".img"), requests(name), folder.resolve(name), SIZE);
    }

    private Path requests(String export) {
        return folder.resolve(export + ".requests");
    }

    @AfterEach
    void end() {
        exports.forEach(Nbdkit::close);
        api.close();
    }

    /** @param terms of its Lease */
    private Quorumd service(String name, String terms) throws IOException {
        String yaml = """
                quorumd:
                  lease: {name: disks, namespace: storage, retry-period: 500ms, %s}
                  volumes:
                    - name: disk0
                      wwn: "60251440000000000000000000000001"
                      children:
                        - {node-name: a, uri: "%s"}
                        - {node-name: b, uri: "%s"}
                        - {node-name: c, uri: "%s"}
                """.formatted(
                        terms,
                        exports.get(0).uri(),
                        exports.get(1).uri(),
                        exports.get(2).uri());
        return Quorumd.prepared(
                Files.createDirectory(folder.resolve("service-" + name)),
                yaml,
                List.of(
                        Quorumd.javaProgram(),
                        "-Dkubernetes.master=http://127.0.0.1:" + api.port(),
                        "-jar",
                        Quorumd.packagedJar().toString()));
    }

    @Test
    void theSecondWaitsForTheFirstWhichGivesTheLeaseBackWhenItStops() throws IOException {
        try (Quorumd first = service("1", NEVER);
                Quorumd second = service("2", NEVER);
                KubernetesClient client = api.client()) {
            first.start();
            write(first, "-P 0x11 0 64k");
            second.launch();
            assertWaits(second, holder(client));

            first.stop();
            second.awaitStarted();
            assertReads(second, "-P 0x11 0 64k");
        }
    }

    @Test
    void oneThatStoodStillWhileAnotherTookOverWritesNothingWhenItGoesOn() throws IOException, InterruptedException {
        try (Quorumd first = service("1", SOON);
                Quorumd second = service("2", SOON)) {
            first.start();
            second.launch();
            try (HoldingProxy address = new HoldingProxy(first.port())) {
                Semaphore acknowledged = new Semaphore(0);
                VerifiedLoad load = VerifiedLoad.start(
                        "iscsi://127.0.0.1:" + address.port() + "/" + Quorumd.IQN + "/0",
                        1,
                        32,
                        10_000,
                        total -> acknowledged.release());
                awaitWrites(acknowledged);
                signal(first, "STOP");
                address.moveTo(second.port());
                second.awaitStarted();
                awaitWrites(acknowledged);

                long before = changesOfFirst();
                assertThat(before).isPositive();
                signal(first, "CONT");
                assertThat(first.awaitEnd(LIMIT)).as("%s", first.log()).isEqualTo(LOST);
                assertThat(changesOfFirst()).isEqualTo(before);
                load.assertClean();
                assertThat(first.log())
                        .anyMatch(line -> line.contains("Lease disks is lost: ") && line.contains("status 75"));
            }
            write(second, "-P 0x22 20M 64k");
            second.kill();
            first.start();
            assertReads(first, "-P 0x22 20M 64k");
        }
    }

    @Test
    void oneThatCannotReachTheApiServerStops() throws IOException {
        try (Quorumd only = service("1", SOON)) {
            only.start();
            write(only, "-P 0x11 0 64k");
            api.close();
            assertThat(only.awaitEnd(LIMIT)).as("%s", only.log()).isEqualTo(LOST);
            assertThat(only.log())
                    .anyMatch(
                            line -> line.contains("Lease disks could not be renewed: the API server http://127.0.0.1:"))
                    .anyMatch(line -> line.contains("Lease disks is lost: it could not be renewed for 6 s"));
        }
    }

    private static String holder(KubernetesClient client) {
        Lease lease = client.leases().inNamespace("storage").withName("disks").get();
        return lease.getSpec().getHolderIdentity();
    }

    /** It is alive, not ready, says why, and has touched nothing. */
    private static void assertWaits(Quorumd waiting, String holder) throws IOException {
        await().atMost(LIMIT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(
                                waiting.get("/actuator/health/readiness").body())
                        .contains("\"OUT_OF_SERVICE\"", "waiting for the Lease disks, which " + holder + " holds"));
        assertThat(waiting.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(waiting.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(waiting.get("/api/volumes").statusCode()).isEqualTo(503);
        assertThat(waiting.get("/api/volumes").body()).contains(holder);
        Assertions.assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), waiting.port()).close())
                .isInstanceOf(ConnectException.class);
    }

    private static void write(Quorumd service, String what) {
        assertThat(QemuIo.run(List.of("write " + what), QemuIo.lun(service.port(), "disk0"))
                        .status())
                .isZero();
    }

    private static void assertReads(Quorumd service, String what) {
        QemuIo read = QemuIo.run(List.of("read " + what), QemuIo.lun(service.port(), "disk0"));
        assertThat(read.text()).doesNotContain("failed");
        assertThat(read.status()).isZero();
    }

    /** A thousand or two are acknowledged from now on. */
    private static void awaitWrites(Semaphore acknowledged) throws InterruptedException {
        acknowledged.drainPermits();
        assertThat(acknowledged.tryAcquire(2, LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("writes go on")
                .isTrue();
    }

    /** What the first service, on the first connection that lasted, has changed so far, by what the servers logged. */
    private long changesOfFirst() throws IOException {
        long changes = 0;
        for (String export : List.of("a", "b", "c")) {
            String connection = connectionOfFirst(export);
            changes += lines(export).stream()
                    .filter(line -> line.contains(connection) && line.matches(".* (Write|Zero|Trim) id=.*"))
                    .count();
        }
        return changes;
    }

    /** The one with the first write. */
    private String connectionOfFirst(String export) throws IOException {
        return lines(export).stream()
                .filter(line -> line.contains(" Write id="))
                .map(line -> line.replaceAll(".*( connection=\\d+ ).*", "$1"))
                .findFirst()
                .orElseThrow();
    }

    private List<String> lines(String export) throws IOException {
        return Files.readAllLines(requests(export));
    }

    private static void signal(Quorumd service, String name) {
        Tool.succeed("sh", "-c", "kill -" + name + " " + service.process().pid());
    }
}
