package io.quorumd.it;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** A {@code qemu-nbd} on a port of the loopback that serves a file to one client at a time, as it does by default. */
final class QemuNbd implements AutoCloseable {

    private final Path file;
    private final int port = Quorumd.freePort();
    private final Process process;

    private QemuNbd(Path file) {
        this.file = file;
        this.process = launch();
    }

    /** Started and ready, over a sparse file that is made if it is not there. */
    static QemuNbd serving(Path file, long size) {
        Tool.require("qemu-nbd");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new QemuNbd(file);
    }

    private Process launch() {
        Path log = file.resolveSibling(file.getFileName() + ".log");
        List<String> command =
                List.of("qemu-nbd", "-t", "-f", "raw", "-b", "127.0.0.1", "-p", String.valueOf(port), file.toString());
        return Tool.serve(command, log, () -> Tool.listens(port));
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
