package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Linux host's view: iscsi_tcp, open-iscsi, sd, file systems, fio. */
class LinuxGuestIT {

    private static final long MEGABYTE = 1L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    /** One of the three files is garbage from the middle on, and the guest finds every byte. */
    @Test
    void logsInMakesAFileSystemAndFindsItAgain() {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            Child child = new Child(folder.resolve("data/disk0-b.img"));
            LinuxGuest.run(
                    "login",
                    quorumd.port(),
                    event -> child.overwrite(0, 64 * MEGABYTE),
                    "TARGET_SIZE=" + (1L << 30),
                    "G_BETWEEN=overwrite-a-child");
            quorumd.stop();
        }
    }

    @Test
    void verifiesWhatFioWrote() {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            LinuxGuest.run("fio-verify", quorumd.port(), "FIO_SIZE=24M", "G_DIGEST=CRC32C,None");
            quorumd.stop();
        }
    }

    /** Each of three copies with another server, of which one is killed in the middle of writes and comes back. */
    @Test
    void missesNoServerOfARemoteCopy() throws IOException {
        long size = 128 * MEGABYTE;
        Path node = Files.createDirectory(folder.resolve("node"));
        Path killed = folder.resolve("killed.img");
        try (Quorumd replica = Quorumd.startWith(node, """
                        quorumd:
                          volumes:
                            - {name: disk0, kind: plain, size: 128MB, children: [{node-name: r, uri: "file:./r.img"}]}
                        """);
                Nbdkit nbdkit = Nbdkit.serving(killed, folder.resolve("nbd"), size);
                QemuNbd qemu = QemuNbd.serving(folder.resolve("kept.img"), size);
                Quorumd front = frontOver(replica.url(0), nbdkit.uri(), qemu.uri())) {
            LinuxGuest.run(
                    "fio-verify",
                    front.port(),
                    event -> {
                        nbdkit.kill();
                        await().atMost(LIMIT)
                                .until(() -> VolumeStatus.of(front, "disk0")
                                        .childState("b")
                                        .equals("faulted"));
                        nbdkit.start();
                    },
                    "FIO_SIZE=24M",
                    "G_MEANWHILE=restart-a-server");
            await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
            front.stop();
            replica.stop();
            assertThat(killed).hasSameBinaryContentAs(qemu.file());
            assertThat(killed).hasSameBinaryContentAs(node.resolve("r.img"));
        }
    }

    /** Two of three copies are gone for a while: the disk cannot be used then, but nobody is told that it is broken. */
    @Test
    void waitsUntilEnoughCopiesAreThereAgain() throws IOException {
        long size = 128 * MEGABYTE;
        try (Nbdkit a = Nbdkit.serving(folder.resolve("a.img"), folder.resolve("a"), size);
                Nbdkit b = Nbdkit.serving(folder.resolve("b.img"), folder.resolve("b"), size);
                Nbdkit c = Nbdkit.serving(folder.resolve("c.img"), folder.resolve("c"), size);
                Quorumd front = frontOver(a.uri(), b.uri(), c.uri())) {
            LinuxGuest.run(
                    "fio-verify",
                    front.port(),
                    event -> {
                        b.kill();
                        c.kill();
                        await().atMost(LIMIT)
                                .until(() ->
                                        VolumeStatus.of(front, "disk0").health().equals("DOWN"));
                        b.start();
                        c.start();
                    },
                    "FIO_SIZE=24M",
                    "G_MEANWHILE=an-outage-of-two-servers");
            await().atMost(LIMIT).until(() -> VolumeStatus.of(front, "disk0").isWhole());
            front.stop();
            assertThat(folder.resolve("a.img")).hasSameBinaryContentAs(folder.resolve("b.img"));
            assertThat(folder.resolve("a.img")).hasSameBinaryContentAs(folder.resolve("c.img"));
        }
    }

    /** Children a, b and c. */
    private Quorumd frontOver(String... uris) throws IOException {
        return Quorumd.startWith(Files.createDirectory(folder.resolve("front")), """
            quorumd:
              volumes:
                - name: disk0
                  children:
                    - {node-name: a, uri: "%s"}
                    - {node-name: b, uri: "%s"}
                    - {node-name: c, uri: "%s"}
            """.formatted((Object[]) uris));
    }

    @Test
    void seesEveryDiskOfATarget() {
        String yaml = """
            quorumd:
              volumes:
                - {name: v0, size: 64MB, children: [{node-name: a0, uri: "file:./a0"}, {node-name: b0, uri: "file:./b0"}, {node-name: c0, uri: "file:./c0"}]}
                - {name: v1, size: 33MB, children: [{node-name: a1, uri: "file:./a1"}, {node-name: b1, uri: "file:./b1"}]}
                - {name: v2, size: 3TB, block-size: 4096, children: [{node-name: a2, uri: "file:./a2"}, {node-name: b2, uri: "file:./b2"}, {node-name: c2, uri: "file:./c2"}]}
                - {name: v3, size: 128MB, kind: plain, children: [{node-name: a3, uri: "file:./a3"}]}
              targets:
                - name: %s
                  luns: [{lun: 0, volume: v0}, {lun: 1, volume: v1}, {lun: 5, volume: v2}, {lun: 200, volume: v3}]
            """.formatted(Quorumd.IQN);
        String sizes = "0:%d 1:%d 5:%d 200:%d"
                .formatted(64 * MEGABYTE, 33 * MEGABYTE, 3 * MEGABYTE * MEGABYTE, 128 * MEGABYTE);
        try (Quorumd quorumd = Quorumd.startWith(folder, yaml)) {
            LinuxGuest.run("multi-lun", quorumd.port(), "TARGET_SIZES=" + sizes);
            quorumd.stop();
        }
    }

    /** The service is killed in the middle of writes and comes back; the guest notices nothing but the delay. */
    @Test
    void goesOnAfterTheServiceWasKilled() {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            LinuxGuest.run("restart", quorumd.port(), event -> {
                quorumd.kill();
                quorumd.start();
            });
            quorumd.stop();
        }
    }

    @Test
    void logsInWithChapAndMutualChapOnly() {
        String yaml = """
            quorumd:
              iscsi:
                discovery-chap: {user: finder, secret: secret-find-123, mutual-user: found, mutual-secret: secret-found-45}
              targets:
                - name: %s
                  luns: [{lun: 0, volume: disk0}]
                  chap: {user: incoming, secret: secret-in-1234, mutual-user: outgoing, mutual-secret: secret-out-567}
            """.formatted(Quorumd.IQN);
        try (Quorumd quorumd = Quorumd.startWith(folder, yaml)) {
            LinuxGuest.run(
                    "chap",
                    quorumd.port(),
                    "TARGET_IQN=" + Quorumd.IQN,
                    "DISCOVERY_USER=finder",
                    "DISCOVERY_PASS=secret-find-123",
                    "DISCOVERY_MUTUAL_USER=found",
                    "DISCOVERY_MUTUAL_PASS=secret-found-45",
                    "CHAP_USER=incoming",
                    "CHAP_PASS=secret-in-1234",
                    "CHAP_MUTUAL_USER=outgoing",
                    "CHAP_MUTUAL_PASS=secret-out-567");
            quorumd.stop();
        }
    }

    @Test
    void reachesOneDiskOverTwoPaths() {
        int second = Quorumd.freePort();
        try (Quorumd quorumd = Quorumd.start(folder, "--quorumd.iscsi.portals=127.0.0.1:" + second)) {
            LinuxGuest.run("multipath", quorumd.port(), "TARGET_PORT2=" + second);
            quorumd.stop();
        }
    }

    @Test
    void getsTheRightAnswersFromEverySgTool() {
        try (Quorumd quorumd = Quorumd.start(folder)) {
            LinuxGuest.run("scsi-tools", quorumd.port(), "TARGET_SIZE=" + (1L << 30));
            quorumd.stop();
        }
    }

    /** libiscsi before CHAP, open-iscsi after mutual CHAP, which is when it is told where discovery needs a secret. */
    @Test
    void findsTheDiskWhereItIsSentTo() throws IOException {
        String yaml = """
            quorumd:
              iscsi: {%s}
              volumes:
                - {name: disk0, size: %s, kind: plain, children: [{node-name: a, uri: "file:./a"}]}
              targets:
                - name: %s
                  luns: [{lun: 0, volume: disk0}]
                  chap: {user: incoming, secret: secret-in-1234, mutual-user: outgoing, mutual-secret: secret-out-567}
            """;
        Path here = Files.createDirectory(folder.resolve("here"));
        Path there = Files.createDirectory(folder.resolve("there"));
        try (Quorumd other = Quorumd.startWith(there, yaml.formatted("", "64MB", Quorumd.IQN))) {
            String redirect = "redirect: {\"[%s]\": \"127.0.0.1:%d\"}".formatted(Quorumd.IQN, other.port());
            try (Quorumd quorumd = Quorumd.startWith(here, yaml.formatted(redirect, "32MB", Quorumd.IQN))) {
                String url = quorumd.url(0).replace("iscsi://", "iscsi://incoming%secret-in-1234@");
                assertThat(Tool.succeed("iscsi-readcapacity16", url)).contains("Total size:" + 64 * MEGABYTE);
                quorumd.stop();
            }
            String hidden = redirect + ", discovery-chap: {user: finder, secret: secret-find-123}";
            try (Quorumd quorumd = Quorumd.startWith(here, yaml.formatted(hidden, "32MB", Quorumd.IQN))) {
                LinuxGuest.run(
                        "redirect",
                        quorumd.port(),
                        "TARGET_IQN=" + Quorumd.IQN,
                        "TARGET_PORT2=" + other.port(),
                        "TARGET_SIZE=" + 64 * MEGABYTE,
                        "CHAP_USER=incoming",
                        "CHAP_PASS=secret-in-1234",
                        "CHAP_MUTUAL_USER=outgoing",
                        "CHAP_MUTUAL_PASS=secret-out-567");
                quorumd.stop();
            }
            other.stop();
        }
    }
}
