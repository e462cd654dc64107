package io.quorumd.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An NBD server of one file, on a socket of its own, that hangs, dies and comes back as it is told. */
final class Nbdkit implements AutoCloseable {

    private final Path socket;
    private final Path log;
    private final List<String> command;
    private @Nullable Process process;

    private Nbdkit(Path socket, Path log, List<String> command) {
        this.socket = socket;
        this.log = log;
        this.command = command;
    }

    /** Serves a file, which is made if it does not exist; what is written is in the page cache when it is answered. */
    static Nbdkit serving(Path file, Path socket, long size) {
        return started(file, socket, size, List.of("file", file.toString()));
    }

    /**
     * Likewise, but what is written stays in a cache of the process until it is flushed or written with FUA, so that
     * killing it is to the file what a power failure is to a disk.
     */
    static Nbdkit caching(Path file, Path socket, long size) {
        return started(file, socket, size, List.of("--filter=cache", "file", file.toString(), "cache=writeback"));
    }

    /** As {@link #serving}, and each client's requests are logged. */
    static Nbdkit logging(Path file, Path requests, Path socket, long size) {
        return started(file, socket, size, List.of("--filter=log", "file", file.toString(), "logfile=" + requests));
    }

    /** Likewise, failing as another file says; {@code src/test/nbd/faulty.c}, compiled, is the plugin. */
    static Nbdkit faulty(String plugin, Path file, Path faults, Path socket, long size) {
        return started(file, socket, size, List.of(plugin, "file=" + file, "faults=" + faults));
    }

    private static Nbdkit started(Path file, Path socket, long size, List<String> served) {
        Tool.require("nbdkit");
        // One thread: with more, nbdkit 1.32 aborts now and then when a client is killed in the middle of answers.
        List<String> command = new ArrayList<>(List.of("nbdkit", "-f", "-t", "1", "-U", socket.toString()));
        command.addAll(served);
        try (FileChannel made =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (made.size() < size) {
                made.write(java.nio.ByteBuffer.allocate(1), size - 1);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Nbdkit server = new Nbdkit(socket, socket.resolveSibling(socket.getFileName() + ".log"), command);
        server.start();
        return server;
    }

    /** Again, after {@link #kill}. */
    void start() {
        try {
            Files.deleteIfExists(socket);
            process = Tool.serve(command, log, () -> Files.exists(socket));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String uri() {
        return uri(socket);
    }

    static String uri(Path socket) {
        return "nbd+unix:///?socket=" + socket;
    }

    /** It answers nothing any more, and keeps its connections. */
    void hang() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        Tool.succeed("sh", "-c", "kill -" + name + " " + running().pid());
    }

    /** SIGKILL, which ends it even while it hangs. */
    void kill() {
        try {
            running().destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    @Override
    public void close() {
        kill();
    }
}
