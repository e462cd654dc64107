package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * An external program, run to its end with its output kept. One that is not installed skips the test, or fails it where
 * the environment says {@code IT_TOOLS_REQUIRED=true}, as CI does.
 */
public record Tool(int status, String output) {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    public static Tool run(String... command) {
        return run(LIMIT, line -> {}, command);
    }

    /**
     * Runs a program to its end, standard error into its output; it is killed at the limit, and the test fails.
     *
     * @param onLine sees each line of output as it comes, on a thread of the run
     */
    static Tool run(Duration limit, Consumer<String> onLine, String... command) {
        require(command[0]);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            StringBuilder output = new StringBuilder();
            Thread reader = Thread.ofVirtual().start(() -> drain(process, output, onLine));
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            reader.join();
            assertThat(ended)
                    .as("%s ended within %s; its output so far:%n%s", List.of(command), limit, output)
                    .isTrue();
            return new Tool(process.exitValue(), output.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The output of a program that must succeed. */
    static String succeed(String... command) {
        Tool tool = run(command);
        assertThat(tool.status).as("%s:%n%s", List.of(command), tool.output).isZero();
        return tool.output;
    }

    /**
     * A server, started; it is the caller's to end. What it prints is added to a log.
     *
     * @param ready tells that it serves; the test fails when the server ends before
     */
    public static Process serve(List<String> command, Path log, Callable<Boolean> ready) {
        require(command.getFirst());
        try {
            Process server = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> {
                        assertThat(server.isAlive())
                                .as("%s: %s", command, Files.readString(log))
                                .isTrue();
                        return ready.call();
                    });
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether somebody listens on a port; looked up, not tried: there are servers of one connection. */
    public static boolean listens(int port) throws IOException {
        return listens(port, Files.readString(Path.of("/proc/net/tcp")));
    }

    /** @param connections what {@code /proc/net/tcp} says where the server runs */
    static boolean listens(int port, String connections) {
        return connections.contains(":%04X 00000000:0000 0A".formatted(port));
    }

    /** A program of {@code src/test/iscsi}, compiled. */
    static String compiled(String name) {
        Path binary = Path.of("target", name);
        succeed(
                "gcc",
                "-O2",
                "-Wall",
                "-o",
                binary.toString(),
                "src/test/iscsi/" + name + ".c",
                "-liscsi",
                "-lpthread");
        return binary.toAbsolutePath().toString();
    }

    /** A library to be loaded into other programs, compiled: {@code iscsi/awake} is {@code src/test/iscsi/awake.c}. */
    static String library(String name) {
        Path binary = Path.of("target", name.substring(name.indexOf('/') + 1) + ".so");
        succeed("gcc", "-O2", "-Wall", "-shared", "-fPIC", "-o", binary.toString(), "src/test/" + name + ".c");
        return binary.toAbsolutePath().toString();
    }

    /** Skips the test (or fails it) where this program, a name or a path, is not installed. */
    public static void require(String program) {
        boolean there = program.contains("/")
                ? Files.isExecutable(Path.of(program))
                : Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        require(there, program + " is not installed");
    }

    static void require(boolean there, String otherwise) {
        if (Boolean.parseBoolean(System.getenv("IT_TOOLS_REQUIRED"))) {
            assertThat(there).as(otherwise).isTrue();
        } else {
            assumeTrue(there, otherwise);
        }
    }

    private static void drain(Process process, StringBuilder output, Consumer<String> onLine) {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.append(line).append('\n');
                onLine.accept(line);
            }
        } catch (IOException e) {
            output.append(e).append('\n');
        }
    }
}
