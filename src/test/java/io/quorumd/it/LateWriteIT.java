package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A write that reaches a remote child long after it timed out, and after a newer write of the same range was acknowledged
 * (quorum-device specification, section 3): the newer one is what the child holds in the end.
 */
class LateWriteIT {

    private static final long SIZE = 8L << 20;
    /** No more than goes out unasked with an iSCSI command: the rest of a longer write would never leave. */
    private static final int LENGTH = 4096;

    private static final List<String> LOCAL = List.of("a.img", "b.img");
    private static final int OLD = 0x11;
    private static final int NEW = 0x22;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Quorumd front(String remote) throws IOException {
        for (String local : LOCAL) {
            Files.write(folder.resolve(local), new byte[(int) SIZE]);
        }
        return Quorumd.startWith(folder, """
                quorumd:
                  volumes:
                    - name: disk0
                      size: 8MB
                      child-timeout: 1s
                      children:
                        - {node-name: a, uri: "file:./a.img"}
                        - {node-name: b, uri: "file:./b.img"}
                        - {node-name: r, uri: "%s"}
                """.formatted(remote));
    }

    /** Silence, and nothing else: the connection stays, and the range is not touched until the old write has ended. */
    @Test
    void onAnNbdConnectionThatWasSilentForAWhile() throws IOException {
        try (QemuNbd server = QemuNbd.serving(folder.resolve("r.img"), SIZE);
                HoldingProxy network = new HoldingProxy(server.port());
                Quorumd front = front("nbd://127.0.0.1:" + network.port())) {
            HoldingProxy.Link link = holdAWrite(network, front, 0);
            write(front, NEW);
            read(front, NEW);
            assertThat(VolumeStatus.of(front, "disk0").isWhole()).isFalse();
            link.release();
            assertNewest(front, server.file());
        }
    }

    /** The server takes one client at a time: nobody is served before the old connection has come to its end. */
    @Test
    void onAnNbdConnectionThatWasLostAtAServerOfOneClient() throws IOException {
        try (QemuNbd server = QemuNbd.serving(folder.resolve("r.img"), SIZE);
                HoldingProxy network = new HoldingProxy(server.port());
                Quorumd front = front("nbd://127.0.0.1:" + network.port())) {
            HoldingProxy.Link link = holdAWrite(network, front, 0);
            link.cut();
            await().atMost(LIMIT)
                    .until(() -> VolumeStatus.of(front, "disk0").reason().contains("did not answer within"));
            write(front, NEW);
            read(front, NEW);
            assertThat(VolumeStatus.of(front, "disk0").childState("r")).isEqualTo("faulted");
            link.release();
            await().atMost(LIMIT).until(link::serverEnded);
            assertNewest(front, server.file());
        }
    }

    /** The login that replaces the session makes the target end the old one, with what it had and what comes later. */
    @Test
    void onASessionWithAReplicaOfOursThatWasReplaced() throws IOException {
        Path node = folder.resolve("replica");
        assertThat(node.toFile().mkdir()).isTrue();
        try (Quorumd replica = Quorumd.startWith(node, """
                        quorumd:
                          volumes:
                            - {name: disk0, kind: plain, size: 8MB, children: [{node-name: r, uri: "file:./r.img"}]}
                        """);
                HoldingProxy network = new HoldingProxy(replica.port());
                Quorumd front = front("iscsi://127.0.0.1:" + network.port() + "/" + Quorumd.IQN + "/0")) {
            HoldingProxy.Link link = holdAWrite(network, front, 0);
            replaceTheSession(link, front);
            assertNewest(front, node.resolve("r.img"));
        }
    }

    /** tgtd has a part of the write; it takes the new session for another nexus, and the reservation for that one's. */
    @Test
    void onASessionWithTgtdThatWasReplaced() throws IOException {
        try (Tgtd server = Tgtd.start(folder, SIZE, 512);
                HoldingProxy network = new HoldingProxy(server.port());
                Quorumd front = front(server.uri(network.port()))) {
            HoldingProxy.Link link = holdAWrite(network, front, LENGTH / 2);
            replaceTheSession(link, front);
            assertNewest(front, server.file());
        }
    }

    /** A write that two children have and the third will get when its network lets go of it, but for so many bytes. */
    private static HoldingProxy.Link holdAWrite(HoldingProxy network, Quorumd front, int passing) {
        await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
        HoldingProxy.Link link = network.link();
        link.hold(passing);
        write(front, OLD);
        assertThat(link.heldBytes()).as("held back").isGreaterThan(LENGTH - passing);
        return link;
    }

    /** The old connection gets to the target what it held when all have a newer write. */
    private static void replaceTheSession(HoldingProxy.Link link, Quorumd front) throws IOException {
        link.cut();
        await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
        assertThat(link.serverEnded())
                .as("the old connection was closed by the target")
                .isTrue();
        write(front, NEW);
        assertThat(VolumeStatus.of(front, "disk0").isWhole())
                .as("the newer write reached all")
                .isTrue();
        link.release();
    }

    private static void assertNewest(Quorumd front, Path file) {
        await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
        read(front, NEW);
        front.stop();
        byte[] newest = new byte[LENGTH];
        Arrays.fill(newest, (byte) NEW);
        assertThat(new Child(file).read(0, LENGTH)).isEqualTo(newest);
        for (String local : LOCAL) {
            assertThat(new Child(front.folder().resolve(local)).read(0, LENGTH)).isEqualTo(newest);
        }
    }

    private static void write(Quorumd front, int pattern) {
        qemuIo(front, "write -P " + pattern + " 0 " + LENGTH);
    }

    private static void read(Quorumd front, int pattern) {
        qemuIo(front, "read -P " + pattern + " 0 " + LENGTH);
    }

    private static void qemuIo(Quorumd front, String command) {
        assertThat(Tool.succeed("qemu-io", "-f", "raw", "-c", command, front.url(0)))
                .doesNotContain("verification failed", "error");
    }
}
