package io.quorumd.it;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A guest from {@code src/test/guest} that is at its scenario. Now and then that waits for what its caller says to it. */
final class RunningGuest implements AutoCloseable {

    private static final Path HOME = Path.of("src/test/guest");

    private final Process process;
    private final BufferedReader lines;
    private final BufferedWriter answers;
    private final StringBuilder output = new StringBuilder();

    private RunningGuest(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
        this.answers = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * @param options of {@code run.sh}
     * @param variables what the scenario's head comment names, as {@code NAME=VALUE}
     */
    static RunningGuest start(String scenario, List<String> options, List<String> variables) {
        requireImage();
        List<String> command = new ArrayList<>(List.of(HOME.resolve("run.sh").toString()));
        command.addAll(options);
        command.add(scenario);
        command.addAll(variables);
        try {
            return new RunningGuest(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireImage() {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getenv("HOME") + "/.cache");
        Path image = Path.of(System.getenv().getOrDefault("GUEST_IMAGE", cache + "/quorumd-guest"));
        Tool.require(Files.exists(image.resolve("id")), "no guest in " + image + "; " + HOME + "/image.sh makes it");
    }

    /** The next thing that the scenario waits for; null when it has ended. */
    @Nullable
    String nextEvent() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.startsWith("EVENT ")) {
                    return line.substring("EVENT ".length());
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(output.toString(), e);
        }
    }

    void answer(String line) {
        try {
            answers.write(line);
            answers.newLine();
            answers.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(output.toString(), e);
        }
    }

    /** After its end. */
    int status() {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All it has said. */
    String output() {
        return output.toString();
    }

    /** Ends it at once, if it still runs. */
    @Override
    public void close() {
        process.destroy();
        var _ = status();
    }
}
