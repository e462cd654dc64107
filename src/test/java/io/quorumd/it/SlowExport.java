package io.quorumd.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;

/** An NBD export of 64 MiB that keeps nothing and takes its time for each request. */
final class SlowExport implements AutoCloseable {

    private final Process process;
    private final int port = Quorumd.freePort();

    SlowExport(Path folder, Duration perRequest) {
        Tool.require("qemu-storage-daemon");
        try {
            process = new ProcessBuilder(
                            "qemu-storage-daemon",
                            "--blockdev",
                            "driver=null-co,node-name=n,size=67108864,read-zeroes=on,latency-ns="
                                    + perRequest.toNanos(),
                            "--nbd-server",
                            "addr.type=inet,addr.host=127.0.0.1,addr.port=" + port,
                            "--export",
                            "nbd,id=e,node-name=n,name=slow,writable=on")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("slow.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    String uri() {
        return "nbd://127.0.0.1:" + port + "/slow";
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
