package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume whose three copies are LUNs of other machines' targets: a replica node of ours, and two tgtd. */
class RemoteChildrenIT {

    private static final long SIZE = 32L << 20;
    private static final String SECRET = "replica-secret";

    private static final String REPLICA = """
            quorumd:
              volumes:
                - name: disk0
                  kind: plain
                  size: 32MB
                  children: [{node-name: replica, uri: "file:./replica.img"}]
              targets:
                - name: iqn.2026-11.io.quorumd:disk0
                  luns: [{lun: 0, volume: disk0}]
                  initiators: ["iqn.2026-11.io.quorumd:initiator"]
                  chap: {user: front, secret: %s}
            """.formatted(SECRET);

    @TempDir
    Path folder;

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private static String front(Quorumd replica, Tgtd second, Tgtd third) {
        return """
            quorumd:
              volumes:
                - name: disk0
                  child-timeout: 2s
                  children:
                    - {node-name: a, uri: "%s"}
                    - {node-name: b, uri: "%s"}
                    - {node-name: c, uri: "%s"}
            """.formatted(replica.url(0).replace("//", "//front%" + SECRET + "@"), second.uri(), third.uri());
    }

    @Test
    void aReplicaThatIsKilledIsMissedByNobodyAndBroughtUpToDate() throws IOException {
        try (Quorumd replica = Quorumd.startWith(folder("a"), REPLICA);
                Tgtd second = Tgtd.start(folder("b"), SIZE, 512);
                Tgtd third = Tgtd.start(folder("c"), SIZE, 512);
                Quorumd front = Quorumd.startWith(folder("front"), front(replica, second, third))) {
            AtomicReference<CompletableFuture<Void>> outage = new AtomicReference<>();
            VerifiedLoad load = VerifiedLoad.start(front.url(0), 1, 16, 10_000, acknowledged -> {
                if (acknowledged >= 1000 && outage.get() == null) {
                    outage.set(CompletableFuture.runAsync(() -> {
                        replica.kill();
                        replica.start();
                    }));
                }
            });
            load.assertClean();
            assertThat(outage.get()).as("the outage").isNotNull();
            outage.get().join();

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(front.get("/actuator/health").body()).contains("\"status\":\"UP\""));
            assertThat(front.get("/api/volumes/disk0").body())
                    .contains("//front%******@")
                    .doesNotContain(SECRET);
            front.stop();
            assertThat(front.log())
                    .noneMatch(line -> line.contains(SECRET))
                    .anyMatch(line -> line.contains("disk0") && line.contains(" a"));
            replica.stop();
            int used = (int) VerifiedLoad.BYTES_PER_SESSION;
            byte[] expected = new Child(second.file()).read(0, used);
            assertThat(new Child(third.file()).read(0, used)).isEqualTo(expected);
            assertThat(new Child(replica.folder().resolve("replica.img")).read(0, used))
                    .isEqualTo(expected);
        }
    }
}
