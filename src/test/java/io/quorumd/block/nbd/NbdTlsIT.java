package io.quorumd.block.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.SyncDevice;
import io.quorumd.it.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code nbds://}: whose certificates are believed, on both sides, with a real server. */
class NbdTlsIT {

    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final EventLoopStrand STRAND = new EventLoopStrand(LOOPS.next());

    /** Authorities and what they have signed, each with its CA's certificate. */
    @TempDir
    private static Path certificates;

    @TempDir
    Path folder;

    @BeforeAll
    static void certify() throws IOException {
        Tool.require("openssl");
        for (String authority : new String[] {"ours", "theirs"}) {
            Path ca = Files.createDirectories(certificates.resolve(authority));
            openssl(
                    ca,
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=" + authority,
                    "-keyout",
                    "ca-key.pem",
                    "-out",
                    "ca-cert.pem");
            sign(ca, "server", "subjectAltName=IP:127.0.0.1");
            sign(ca, "client", "subjectAltName=DNS:client");
        }
        // A folder that knows the authority and has no certificate of its own.
        Path bare = Files.createDirectories(certificates.resolve("bare"));
        Files.copy(certificates.resolve("ours/ca-cert.pem"), bare.resolve("ca-cert.pem"));
    }

    private static void sign(Path ca, String who, String extension) throws IOException {
        Files.writeString(ca.resolve("extension"), extension + "\n");
        openssl(
                ca,
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=" + who,
                "-keyout",
                who + "-key.pem",
                "-out",
                who + ".csr");
        openssl(
                ca,
                "x509",
                "-req",
                "-in",
                who + ".csr",
                "-CA",
                "ca-cert.pem",
                "-CAkey",
                "ca-key.pem",
                "-CAcreateserial",
                "-days",
                "2",
                "-extfile",
                "extension",
                "-out",
                who + "-cert.pem");
    }

    /** Arguments that are names of files are in {@code folder}. */
    private static void openssl(Path folder, String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "openssl";
        for (int i = 0; i < arguments.length; i++) {
            boolean file = arguments[i].matches(".*\\.(pem|csr)|extension");
            command[i + 1] = file ? folder.resolve(arguments[i]).toString() : arguments[i];
        }
        Tool tool = Tool.run(command);
        assertThat(tool.status())
                .as("%s: %s", Arrays.asList(command), tool.output())
                .isZero();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private NbdServer server(String... more) throws IOException {
        String[] arguments = Arrays.copyOf(more, more.length + 2);
        arguments[more.length] = "memory";
        arguments[more.length + 1] = "4M";
        return NbdServer.nbdkit("nbds", folder, arguments);
    }

    private NbdServer encrypting(String... more) throws IOException {
        String[] arguments = Arrays.copyOf(more, more.length + 2);
        arguments[more.length] = "--tls=require";
        arguments[more.length + 1] = "--tls-certificates=" + certificates.resolve("ours");
        return server(arguments);
    }

    private static void attempt(NbdServer server, String knowing, String more, OpenCompletion done) {
        String uri = server.uri + "?tls-certificates=" + certificates.resolve(knowing) + more;
        new NbdConnector(STRAND, PooledByteBufAllocator.DEFAULT, Duration.ofSeconds(20))
                .open("child", NbdUri.parse(uri), done);
    }

    private static void use(NbdServer server, String knowing) throws Exception {
        CompletableFuture<BlockDevice> opened = new CompletableFuture<>();
        attempt(server, knowing, "", (device, error) -> {
            if (device != null) {
                opened.complete(device);
            } else {
                opened.completeExceptionally(new AssertionError(error));
            }
        });
        SyncDevice disk = new SyncDevice(opened.get(30, TimeUnit.SECONDS));
        byte[] bytes = new byte[65536];
        Arrays.fill(bytes, (byte) 7);
        disk.write(4096, bytes);
        assertThat(disk.read(4096, bytes.length)).isEqualTo(bytes);
        disk.await(disk.closeLater());
    }

    private static String refusal(NbdServer server, String knowing, String more) throws Exception {
        CompletableFuture<String> refused = new CompletableFuture<>();
        attempt(
                server,
                knowing,
                more,
                (device, error) -> refused.complete(error == null ? "it opened" : error.message()));
        return refused.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aServerWithACertificateOfOurAuthorityIsUsed() throws Exception {
        try (NbdServer server = encrypting()) {
            use(server, "bare");
        }
    }

    @Test
    void aServerThatWantsACertificateGetsIt() throws Exception {
        try (NbdServer server = encrypting("--tls-verify-peer")) {
            use(server, "ours");
            assertThat(refusal(server, "bare", "")).contains(server.uri);
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        try (NbdServer server = encrypting()) {
            assertThat(refusal(server, "theirs", "")).contains("TLS").contains("certif");
        }
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        try (NbdServer server = encrypting()) {
            assertThat(refusal(server, "ours", "&tls-hostname=another.example")).contains("another.example");
        }
    }

    @Test
    void aServerThatDoesNotEncryptIsRefused() throws Exception {
        try (NbdServer server = server("--tls=off")) {
            assertThat(refusal(server, "ours", "")).contains("TLS");
        }
    }
}
