package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The packaged jar as a process in a folder of its own, on ports of its own, which it keeps when it is started again.
 * The folder is its working directory: state, child files and {@code application.yaml} are there.
 */
final class Quorumd implements AutoCloseable {

    static final String IQN = "iqn.2026-11.io.quorumd:disk0";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path folder;
    private final int port = freePort();
    private final int httpPort = freePort();
    private final List<String> log = new ArrayList<>();
    private final List<String> java;
    private final List<String> arguments;
    private CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private @Nullable Process process;
    private @Nullable Thread reader;

    private Quorumd(Path folder, List<String> java, List<String> arguments) {
        this.folder = folder;
        this.java = java;
        this.arguments = arguments;
    }

    /**
     * Started with no configuration but its ports, and ready.
     *
     * @param arguments of the command line besides; another {@code --quorumd.iscsi.portals=} adds portals
     */
    static Quorumd start(Path folder, String... arguments) {
        Quorumd quorumd = new Quorumd(folder, asUsersDo(), List.of(arguments));
        quorumd.start();
        return quorumd;
    }

    static List<String> asUsersDo() {
        return List.of(javaProgram(), "-jar", packagedJar().toString());
    }

    static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static Path packagedJar() {
        return Path.of(System.getProperty("quorumd.jar", "target/quorumd.jar")).toAbsolutePath();
    }

    /** Not started yet, with this {@code application.yaml} and a command line to run it by. */
    static Quorumd prepared(Path folder, String yaml, List<String> java, String... arguments) {
        configure(folder, yaml);
        return new Quorumd(folder, java, List.of(arguments));
    }

    /** Started with this {@code application.yaml} (its ports are set besides), and ready. */
    static Quorumd startWith(Path folder, String yaml, String... arguments) {
        configure(folder, yaml);
        return start(folder, arguments);
    }

    /** Started to fail: the output of a process that must end by itself, with another status than 0. */
    static List<String> refusal(Path folder, String yaml) {
        configure(folder, yaml);
        return new Quorumd(folder, asUsersDo(), List.of()).refusal();
    }

    /** Likewise. */
    List<String> refusal() {
        launch(new CompletableFuture<>());
        int status = awaitEnd(START_LIMIT);
        assertThat(status).as("status of%n%s", logText()).isNotZero();
        return log();
    }

    private static void configure(Path folder, String yaml) {
        try {
            Files.writeString(folder.resolve("application.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it (again), and waits until it is ready. */
    void start() {
        launch();
        awaitStarted();
    }

    /** Starts it, and does not wait. */
    void launch() {
        CompletableFuture<Boolean> starting = new CompletableFuture<>();
        ready = starting;
        launch(starting);
    }

    /** After {@link #launch}. */
    void awaitStarted() {
        boolean started = ready.completeOnTimeout(false, START_LIMIT.toSeconds(), TimeUnit.SECONDS)
                .join();
        if (!started) {
            kill();
            fail("did not start:%n%s", logText());
        }
    }

    private void launch(CompletableFuture<Boolean> ready) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("--quorumd.iscsi.portals=127.0.0.1:" + port, "--server.port=" + httpPort));
        command.addAll(arguments);
        try {
            Process started = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process = started;
            reader = Thread.ofVirtual().start(() -> follow(started, ready));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void follow(Process started, CompletableFuture<Boolean> ready) {
        try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                }
                if (line.contains("Started QuorumdApplication")) {
                    ready.complete(true);
                }
            }
        } catch (IOException e) {
            synchronized (log) {
                log.add(e.toString());
            }
        }
        ready.complete(false);
    }

    /** Starts it and kills it so much later, ready or not. */
    void startAndKill(Duration after) {
        launch(new CompletableFuture<>());
        try {
            assertThat(process().waitFor(after.toMillis(), TimeUnit.MILLISECONDS))
                    .as("ended by itself:%n%s", logText())
                    .isFalse();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        kill();
    }

    /** SIGTERM; it must end within 20 seconds, with the status of an orderly end. */
    void stop() {
        process().destroy();
        assertThat(awaitEnd(STOP_LIMIT)).as("status of%n%s", logText()).isIn(0, 143);
    }

    /** SIGKILL, as a power failure would be but for the page cache. */
    void kill() {
        process().destroyForcibly();
        awaitEnd(STOP_LIMIT);
    }

    /** The status that it ends with, by itself. */
    int awaitEnd(Duration limit) {
        try {
            boolean ended = process().waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process().destroyForcibly().waitFor();
            }
            if (reader != null) {
                reader.join();
            }
            assertThat(ended).as("ended within %s:%n%s", limit, logText()).isTrue();
            return process().exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    Process process() {
        if (process == null) {
            throw new IllegalStateException("not started");
        }
        return process;
    }

    int port() {
        return port;
    }

    int httpPort() {
        return httpPort;
    }

    Path folder() {
        return folder;
    }

    /** Where libiscsi and QEMU find a LUN of the default target. */
    String url(int lun) {
        return "iscsi://127.0.0.1:" + port + "/" + IQN + "/" + lun;
    }

    /** The answer to a GET, whatever its status. */
    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    /**
     * The answer to a PATCH, whatever its status.
     *
     * @param administrator {@code name:password}
     */
    HttpResponse<String> patch(String path, String json, String administrator) {
        String credentials = Base64.getEncoder().encodeToString(administrator.getBytes(StandardCharsets.UTF_8));
        return send(HttpRequest.newBuilder(uri(path))
                .method("PATCH", HttpRequest.BodyPublishers.ofString(json))
                .header("Content-Type", "application/json")
                .header("Authorization", "Basic " + credentials));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + httpPort + path);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.timeout(STOP_LIMIT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Resident memory, in bytes. */
    long residentBytes() {
        try (var lines = Files.lines(Path.of("/proc/" + process().pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> log() {
        synchronized (log) {
            return List.copyOf(log);
        }
    }

    private String logText() {
        return String.join("\n", log());
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
