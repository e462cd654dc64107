package io.quorumd.block.nbd;

import io.quorumd.it.Tool;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real NBD server on a free port of the loopback, over a file of its own; ended with the test. */
final class NbdServer implements AutoCloseable {

    enum Kind {
        NBDKIT,
        /** Takes nothing but whole 4096-byte blocks, and no more than 64 KiB at once. */
        NBDKIT_STRICT,
        QEMU_NBD,
        QEMU_STORAGE_DAEMON,
        NBD_SERVER
    }

    private final Process process;
    final String uri;
    final Path file;

    private NbdServer(Process process, String uri, Path file) {
        this.process = process;
        this.uri = uri;
        this.file = file;
    }

    static NbdServer start(Kind kind, Path folder, long size) throws IOException {
        Path file = folder.resolve("export.img");
        try (var made = Files.newByteChannel(
                file, java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE)) {
            made.position(size - 1);
            made.write(ByteBuffer.allocate(1));
        }
        int port = freePort();
        String p = Integer.toString(port);
        List<String> command = switch (kind) {
            case NBDKIT -> List.of("nbdkit", "-f", "-i", "127.0.0.1", "-p", p, "-e", "disk", "file", file.toString());
            case NBDKIT_STRICT ->
                List.of(
                        "nbdkit",
                        "-f",
                        "-i",
                        "127.0.0.1",
                        "-p",
                        p,
                        "-e",
                        "disk",
                        "--filter=blocksize-policy",
                        "file",
                        file.toString(),
                        "blocksize-minimum=4096",
                        "blocksize-preferred=4096",
                        "blocksize-maximum=65536",
                        "blocksize-error-policy=error");
            case QEMU_NBD ->
                List.of(
                        "qemu-nbd",
                        "-t",
                        "-f",
                        "raw",
                        "-b",
                        "127.0.0.1",
                        "-p",
                        p,
                        "-x",
                        "disk",
                        "--discard=unmap",
                        file.toString());
            case QEMU_STORAGE_DAEMON ->
                List.of(
                        "qemu-storage-daemon",
                        "--blockdev",
                        "driver=file,node-name=f,discard=unmap,filename=" + file,
                        "--nbd-server",
                        "addr.type=inet,addr.host=127.0.0.1,addr.port=" + p,
                        "--export",
                        "nbd,id=e,node-name=f,name=disk,writable=on");
            case NBD_SERVER -> nbdServer(folder, p, file);
        };
        return new NbdServer(
                Tool.serve(command, folder.resolve("server.log"), () -> Tool.listens(port)),
                "nbd://127.0.0.1:" + port + "/disk",
                file);
    }

    /** Any nbdkit command line; {@code arguments} follow {@code nbdkit -f -i 127.0.0.1 -p PORT}. */
    static NbdServer nbdkit(String scheme, Path folder, String... arguments) throws IOException {
        int port = freePort();
        List<String> command =
                new ArrayList<>(List.of("nbdkit", "-f", "-i", "127.0.0.1", "-p", Integer.toString(port)));
        command.addAll(List.of(arguments));
        return new NbdServer(
                Tool.serve(command, folder.resolve("server.log"), () -> Tool.listens(port)),
                scheme + "://127.0.0.1:" + port + "/",
                folder);
    }

    private static List<String> nbdServer(Path folder, String port, Path file) throws IOException {
        Path configuration = folder.resolve("nbd.conf");
        Files.writeString(
                configuration,
                "[generic]\nlistenaddr=127.0.0.1\nport=%s\n[disk]\nexportname=%s\nflush=true\nfua=true\n"
                        .formatted(port, file));
        return List.of("nbd-server", "-d", "-C", configuration.toString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
