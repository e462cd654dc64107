package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@code tgtd} on a free port with one target, whose LUN 1 is a file; LUN 0 is tgtd's own controller.
 * Ended with the test.
 */
public final class Tgtd implements AutoCloseable {

    public static final String TARGET = "iqn.2026-11.io.example:tgt";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Host host;
    private final Path file;
    private final int block;
    private final int port = Quorumd.freePort();
    private Process process;

    private Tgtd(Host host, Path file, int block) {
        this.host = host;
        this.file = file;
        this.block = block;
        this.process = launch();
    }

    /**
     * Started and ready on the loopback, over a sparse file in {@code folder} that is made if it is not there.
     *
     * @param block bytes of a logical block
     */
    public static Tgtd start(Path folder, long size, int block) {
        return start(Host.HERE, folder, size, block);
    }

    /** The same on another host. */
    static Tgtd start(Host host, Path folder, long size, int block) {
        Tool.require("tgtd");
        Path file = folder.resolve("tgt.img");
        if (!Files.exists(file)) {
            try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
                made.setLength(size);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Tgtd tgtd = new Tgtd(host, file, block);
        tgtd.configure();
        return tgtd;
    }

    /** Again, on the same port, over the same file. */
    public void restart() {
        process = launch();
        configure();
    }

    private Process launch() {
        Path log = file.resolveSibling("tgtd.log");
        try {
            Files.createDirectories(Path.of("/run/tgtd"));
            String portal = "portal=" + host.address() + ":" + port;
            Process started = new ProcessBuilder(
                            host.command(List.of("tgtd", "-f", "-C", control(), "--iscsi", portal)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> {
                assertThat(started.isAlive())
                        .as("tgtd: %s", Files.readString(log))
                        .isTrue();
                return Tool.run(admin("--mode", "target", "--op", "show")).status() == 0;
            });
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void configure() {
        manage("--mode", "target", "--op", "new", "--tid", "1", "-T", TARGET);
        manage(
                "--mode",
                "logicalunit",
                "--op",
                "new",
                "--tid",
                "1",
                "--lun",
                "1",
                "--blocksize",
                Integer.toString(block),
                "-b",
                file.toAbsolutePath().toString());
        manage(
                "--mode",
                "logicalunit",
                "--op",
                "update",
                "--tid",
                "1",
                "--lun",
                "1",
                "--params",
                "thin_provisioning=1");
        for (String digest : List.of("HeaderDigest", "DataDigest")) {
            manage("--mode", "target", "--op", "update", "--tid", "1", "--name", digest, "--value", "CRC32C,None");
        }
        manage("--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL");
    }

    /** Demands CHAP from now on, of both sides. */
    public void demandChap(String user, String secret, String mutualUser, String mutualSecret) {
        manage("--mode", "account", "--op", "new", "--user", user, "--password", secret);
        manage("--mode", "account", "--op", "bind", "--tid", "1", "--user", user);
        manage("--mode", "account", "--op", "new", "--user", mutualUser, "--password", mutualSecret);
        manage("--mode", "account", "--op", "bind", "--tid", "1", "--user", mutualUser, "--outgoing");
    }

    private void manage(String... arguments) {
        Tool.succeed(admin(arguments));
    }

    private String[] admin(String... arguments) {
        List<String> command = new ArrayList<>(List.of("tgtadm", "-C", control(), "--lld", "iscsi"));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    /** One tgtd is told from another by the number of its control socket, which has 15 bits. */
    private String control() {
        return Integer.toString(1 + port % 32000);
    }

    public String uri() {
        return uri(port);
    }

    /** The same by way of another port. */
    public String uri(int by) {
        return "iscsi://" + host.address() + ":" + by + "/" + TARGET + "/1";
    }

    public int port() {
        return port;
    }

    public Path file() {
        return file;
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Files.deleteIfExists(Path.of("/run/tgtd/socket." + control()));
            Files.deleteIfExists(Path.of("/run/tgtd/socket." + control() + ".lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
