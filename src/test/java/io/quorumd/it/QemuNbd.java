package io.quorumd.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** A {@code qemu-nbd} on a free port that serves a file to one client at a time, as it does by default. */
final class QemuNbd implements AutoCloseable {

    private final Host host;
    private final Path file;
    private final int port = Quorumd.freePort();
    private Process process;

    private QemuNbd(Host host, Path file) {
        this.host = host;
        this.file = file;
        this.process = launch();
    }

    /** Started and ready on the loopback, over a sparse file that is made if it is not there. */
    static QemuNbd serving(Path file, long size) {
        return serving(Host.HERE, file, size);
    }

    /** The same on another host. */
    static QemuNbd serving(Host host, Path file, long size) {
        Tool.require("qemu-nbd");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new QemuNbd(host, file);
    }

    private Process launch() {
        Path log = file.resolveSibling(file.getFileName() + ".log");
        List<String> command = host.command(List.of(
                "qemu-nbd", "-t", "-f", "raw", "-b", host.address(), "-p", String.valueOf(port), file.toString()));
        return Tool.serve(command, log, () -> host.listens(port));
    }

    /** Again, after {@link #close}, on the same port. */
    void restart() {
        process = launch();
    }

    String uri() {
        return "nbd://" + host.address() + ":" + port;
    }

    int port() {
        return port;
    }

    Path file() {
        return file;
    }

    /** SIGKILL. */
    @Override
    public void close() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
