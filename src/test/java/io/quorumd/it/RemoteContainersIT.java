package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.lifecycle.Startables;

/**
 * A disk whose three copies are on replica nodes of its own kind, each in a container. One is killed, one stands still and
 * one loses its network while the disk is in use, and nobody who uses it is told; with two away it does not serve.
 */
class RemoteContainersIT {

    private static final String SIZE = "16MB";
    private static final int BYTES = 16 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @BeforeEach
    void build() {
        QuorumdContainer.buildImage();
    }

    @Test
    void aMachineThatIsLostIsMissedByNobodyAndBroughtUpToDate() throws IOException {
        String program = Tool.compiled("iscsi-verify");
        try (ContainerLan lan = new ContainerLan();
                ReplicaContainer a = replica(lan, 2);
                ReplicaContainer b = replica(lan, 3);
                ReplicaContainer c = replica(lan, 4)) {
            Startables.deepStart(a.container(), b.container(), c.container()).join();
            try (Quorumd front = front(a, b, c);
                    BusyDisk disk = new BusyDisk(front, program)) {
                disk.without("a", "faulted", a.container()::kill, a.container()::startAgain);
                disk.without("b", "faulted", b.container()::pause, b.container()::unpause);
                disk.without("c", "faulted", c::disconnect, c::connect);
                disk.restartAndReadBack();
                assertServesWithTwoOnly(front, disk, a.container(), c.container());
                disk.readBackAgain();

                front.stop();
                byte[] copy = a.copy().read(0, BYTES);
                assertThat(copy[SteppedLoad.USED])
                        .as("written while two were there")
                        .isEqualTo((byte) 9);
                assertThat(b.copy().read(0, BYTES)).isEqualTo(copy);
                assertThat(c.copy().read(0, BYTES)).isEqualTo(copy);
            }
        }
    }

    private ReplicaContainer replica(ContainerLan lan, int number) throws IOException {
        return new ReplicaContainer(lan, number, folder.resolve("replica" + number), SIZE);
    }

    private Quorumd front(ReplicaContainer a, ReplicaContainer b, ReplicaContainer c) throws IOException {
        Quorumd front = Quorumd.prepared(
                Files.createDirectory(folder.resolve("front")),
                """
                quorumd:
                  volumes:
                    - name: disk0
                      child-timeout: 3s
                      children:
                        - %s
                        - %s
                        - %s
                """.formatted(a.asChild("a"), b.asChild("b"), c.asChild("c")),
                QuickStart.command());
        front.start();
        return front;
    }

    /** Two copies are a majority, one is none: nothing is read from it, and nothing is kept by it alone. */
    private static void assertServesWithTwoOnly(
            Quorumd front, BusyDisk disk, QuorumdContainer first, QuorumdContainer second) {
        first.pause();
        second.pause();
        await().atMost(LIMIT).until(() -> disk.status().health().equals("DOWN"));
        assertThat(front.get("/actuator/health").statusCode()).isEqualTo(503);
        QemuIo refused = qemuIo(front, "read 0 4k", "write -P 8 " + SteppedLoad.USED + " 4k");
        assertThat(refused.failures()).as(refused.text()).isEqualTo(2);

        first.unpause();
        await().atMost(LIMIT).until(() -> disk.status().health().equals("DEGRADED"));
        QemuIo served = qemuIo(front, "read 0 4k", "write -P 9 " + SteppedLoad.USED + " 4k");
        assertThat(served.status()).as(served.text()).isZero();
        second.unpause();
        disk.awaitWhole();
    }

    private static QemuIo qemuIo(Quorumd front, String... script) {
        return QemuIo.run(List.of(script), QemuIo.lun(front.port(), "disk0"));
    }
}
