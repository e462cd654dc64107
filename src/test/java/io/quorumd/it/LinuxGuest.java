package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A real Linux kernel with open-iscsi, from {@code src/test/guest}, against a target on this host's loopback. */
final class LinuxGuest {

    private static final Path HOME = Path.of("src/test/guest");

    /** Scenarios take 10 to 60 s, on a machine that has little else to do. */
    private static final String LIMIT_SECONDS = "240";

    private LinuxGuest() {}

    /** Runs a scenario, which must succeed; {@code variables} are what its head comment names, as {@code NAME=VALUE}. */
    static void run(String scenario, int port, String... variables) {
        run(scenario, port, event -> {}, variables);
    }

    /** The same; {@code onEvent} does what the scenario asks the host for, "restart" say, before the scenario goes on. */
    static void run(String scenario, int port, Consumer<String> onEvent, String... variables) {
        requireImage();
        List<String> command = new ArrayList<>(
                List.of(HOME.resolve("run.sh").toString(), "-t", LIMIT_SECONDS, scenario, "TARGET_PORT=" + port));
        command.addAll(List.of(variables));
        StringBuilder output = new StringBuilder();
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                    Writer answers = process.outputWriter(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    output.append(line).append('\n');
                    if (line.startsWith("EVENT ")) {
                        onEvent.accept(line.substring("EVENT ".length()));
                        answers.write("0\n");
                        answers.flush();
                    }
                }
                assertThat(process.waitFor())
                        .as("scenario %s:%n%s", scenario, output)
                        .isZero();
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(output.toString(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void requireImage() {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getenv("HOME") + "/.cache");
        Path image = Path.of(System.getenv().getOrDefault("GUEST_IMAGE", cache + "/quorumd-guest"));
        Tool.require(Files.exists(image.resolve("id")), "no guest in " + image + "; " + HOME + "/image.sh makes it");
    }
}
