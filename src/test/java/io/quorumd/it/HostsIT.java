package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume whose three copies are on three hosts, each with a server of another kind. Each host in turn is cut off in
 * silence and comes back, two servers are killed and started again, and nobody who uses the disk is told.
 */
class HostsIT {

    private static final long SIZE = 16L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Acknowledged writes that show that the disk goes on, in steps of fifty. */
    private static final int SOME = 200;

    private static final String REPLICA = """
            quorumd:
              volumes:
                - {name: disk0, kind: plain, size: 16MB, children: [{node-name: replica, uri: "file:./replica.img"}]}
            """;

    @TempDir
    Path folder;

    private final AtomicLong acknowledged = new AtomicLong();

    @Test
    void aHostThatIsCutOffOrDiesIsMissedByNobodyAndBroughtUpToDate() throws IOException {
        String program = Tool.compiled("iscsi-verify");
        try (Lan lan = new Lan()) {
            Host first = lan.host();
            Host second = lan.host();
            Host third = lan.host();
            String portal = first.address() + ":" + Quorumd.freePort();
            try (Quorumd replica = replica(portal, first);
                    QemuNbd nbd = QemuNbd.serving(second, folder("b").resolve("b.img"), SIZE);
                    Tgtd tgtd = Tgtd.start(third, folder("c"), SIZE, 512);
                    Quorumd front = Quorumd.startWith(
                            folder("front"), """
                            quorumd:
                              volumes:
                                - name: disk0
                                  child-timeout: 2s
                                  children:
                                    - {node-name: replica, uri: "iscsi://%s/%s/0"}
                                    - {node-name: nbd, uri: "%s"}
                                    - {node-name: tgt, uri: "%s"}
                            """.formatted(portal, Quorumd.IQN, nbd.uri(), tgtd.uri()));
                    SteppedLoad load = SteppedLoad.start(
                            program,
                            front.url(0),
                            SteppedLoad.Loss.KILL,
                            1,
                            () -> {},
                            () -> acknowledged.addAndGet(50))) {
                load.awaitVerified();
                load.go(SOME);
                awaitWhole(front);

                cutOff(front, "replica", "faulted", first);
                // A silent NBD connection is kept: the same goes on when the network is back.
                cutOff(front, "nbd", "suspended", second);
                cutOff(front, "tgt", "faulted", third);
                without(front, "nbd", "faulted", nbd::close, nbd::restart);
                without(front, "tgt", "faulted", tgtd::kill, tgtd::restart);

                assertThat(front.log()).as("the load lost its sessions").noneMatch(line -> line.contains(" is gone"));
                front.stop();
                front.start();
                load.awaitVerified();
                awaitWhole(front);
                front.stop();
                replica.stop();
                byte[] expected = new Child(nbd.file()).read(0, SteppedLoad.USED);
                assertThat(new Child(tgtd.file()).read(0, SteppedLoad.USED)).isEqualTo(expected);
                assertThat(new Child(replica.folder().resolve("replica.img")).read(0, SteppedLoad.USED))
                        .isEqualTo(expected);
            }
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private Quorumd replica(String portal, Host host) throws IOException {
        List<String> java = host.command(Quorumd.asUsersDo());
        Quorumd replica = Quorumd.prepared(folder("a"), REPLICA, java, "--quorumd.iscsi.portals=" + portal);
        replica.start();
        return replica;
    }

    private void cutOff(Quorumd front, String child, String state, Host host) {
        without(front, child, state, host::unplug, host::plug);
    }

    /** The disk serves without a child, and says so, and takes it back. */
    private void without(Quorumd front, String child, String state, Runnable loss, Runnable back) {
        loss.run();
        await().atMost(LIMIT)
                .until(() -> VolumeStatus.of(front, "disk0").childState(child).equals(state));
        assertThat(health(front)).contains("\"margin\":0").contains("child " + child + " is " + state);
        long before = acknowledged.get();
        await().atMost(LIMIT).until(() -> acknowledged.get() > before + SOME);
        assertThat(health(front)).contains("\"margin\":0");
        back.run();
        awaitWhole(front);
        assertThat(health(front)).contains("\"margin\":1");
    }

    private static String health(Quorumd front) {
        return front.get("/actuator/health").body();
    }

    private static void awaitWhole(Quorumd front) {
        await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
    }
}
