package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.testcontainers.containers.wait.strategy.Wait;

/** A replica node, configured as the README does it, as a container: another machine, whose copy is a file of this host. */
final class ReplicaContainer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final String TARGET = "iqn.2026-11.io.quorumd:replica";

    private final ContainerLan lan;
    private final String address;
    private final Path data;
    private final Path secret;
    private final QuorumdContainer container;

    /**
     * Not started yet.
     *
     * @param folder for its configuration and its data, to be made
     * @param size of its copy, as in the configuration
     */
    ReplicaContainer(ContainerLan lan, int number, Path folder, String size) throws IOException {
        this.lan = lan;
        this.address = lan.address(number);
        Path config = Files.createDirectories(folder.resolve("config"));
        secret = Files.writeString(config.resolve("secret"), "a secret of replicas");
        Files.writeString(config.resolve("application.yaml"), """
                quorumd:
                  state-dir: /data/state
                  iscsi:
                    portals: ["0.0.0.0:3260"]
                  volumes:
                    - name: replica
                      kind: plain
                      size: %s
                      children: [{node-name: disk, uri: "file:/data/replica.img"}]
                  targets:
                    - name: %s
                      luns: [{lun: 0, volume: replica}]
                      initiators: ["iqn.2026-11.io.quorumd:initiator"]
                      chap: {user: front, secret-file: /config/secret}
                """.formatted(size, TARGET));
        data = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        container = new QuorumdContainer()
                .withFolder(config, "/config", true)
                .withFolder(data, "/data", false)
                .waitingFor(
                        Wait.forLogMessage(".*Started QuorumdApplication.*", 1).withStartupTimeout(START_LIMIT));
        lan.put(container, address);
    }

    /** What the front has to know of it: an entry of a volume's {@code children}. */
    String asChild(String nodeName) {
        return "{node-name: %s, uri: \"iscsi://%s/%s/0\", credentials: {user: front, secret-file: %s}}"
                .formatted(nodeName, address, TARGET, secret);
    }

    QuorumdContainer container() {
        return container;
    }

    void disconnect() {
        lan.disconnect(container);
    }

    void connect() {
        lan.connect(container, address);
    }

    /** Ends it in order; the file of its copy. */
    Child copy() {
        assertThat(container.terminate()).as(container.getLogs()).isIn(0, 143);
        return new Child(data.resolve("replica.img"));
    }

    @Override
    public void close() {
        container.close();
    }
}
