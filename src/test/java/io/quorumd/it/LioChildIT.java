package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A volume with two files and a LUN of LIO, which dies and comes back while the disk is in use. */
class LioChildIT {

    private static final long SIZE = 16L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Acknowledged writes that show that the disk goes on, in steps of fifty. */
    private static final int SOME = 200;

    @TempDir
    Path folder;

    private final AtomicLong acknowledged = new AtomicLong();

    @Test
    void isMissedByNobodyAndBroughtUpToDate() throws Exception {
        String program = Tool.compiled("iscsi-verify");
        Path home = Files.createDirectory(folder.resolve("front"));
        // None is made beside a LUN that is there.
        Files.write(home.resolve("a.img"), new byte[(int) SIZE]);
        Files.write(home.resolve("b.img"), new byte[(int) SIZE]);
        try (Lio lio = Lio.serving(
                        folder.resolve("lio.img"),
                        SIZE,
                        "CHAP_USER=front",
                        "CHAP_PASS=secret-in-1234",
                        "CHAP_MUTUAL_USER=lio",
                        "CHAP_MUTUAL_PASS=secret-out-567");
                Quorumd front = Quorumd.startWith(home, """
                        quorumd:
                          volumes:
                            - name: disk0
                              size: 16MB
                              child-timeout: 2s
                              children:
                                - {node-name: a, uri: "file:./a.img"}
                                - {node-name: b, uri: "file:./b.img"}
                                - node-name: lio
                                  uri: "%s?reservation=required"
                                  credentials: {user: front, secret: secret-in-1234, mutual-user: lio, mutual-secret: secret-out-567}
                        """.formatted(lio.uri(0)));
                SteppedLoad load = SteppedLoad.start(
                        program, front.url(0), SteppedLoad.Loss.KILL, 1, () -> {}, () -> acknowledged.addAndGet(50))) {
            load.awaitVerified();
            load.go(SOME);
            awaitWhole(front);

            lio.kill();
            await().atMost(LIMIT)
                    .until(() ->
                            VolumeStatus.of(front, "disk0").childState("lio").equals("faulted"));
            long before = acknowledged.get();
            await().atMost(LIMIT).until(() -> acknowledged.get() > before + SOME);
            lio.restart();
            awaitWhole(front);

            assertThat(front.log()).as("the load lost its sessions").noneMatch(line -> line.contains(" is gone"));
            front.stop();
            front.start();
            load.awaitVerified();
            awaitWhole(front);
            front.stop();
            byte[] expected = new Child(home.resolve("a.img")).read(0, SteppedLoad.USED);
            assertThat(new Child(lio.file()).read(0, SteppedLoad.USED)).isEqualTo(expected);
        }
    }

    private static void awaitWhole(Quorumd front) {
        await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
    }
}
