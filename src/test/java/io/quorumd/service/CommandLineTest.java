package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.service.cli.Commands;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is typed behind {@code java -jar quorumd.jar}. */
class CommandLineTest {

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void configurationIsForTheServiceAndTheRestIsNot() {
        assertThat(Commands.startService()).isTrue();
        assertThat(Commands.startService("--quorumd.state-dir=x", "--server.port=0", "--debug"))
                .isTrue();
        assertThat(Commands.startService("--help")).isFalse();
        assertThat(Commands.startService("--server.port=0", "status")).isFalse();
    }

    @Test
    void helpNamesEachCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("Usage: quorumd", "status", "resync", "accept", "journal", "--version");
        assertThat(run("resync", "--help")).isZero();
        assertThat(out.toString()).contains("--pause", "--resume", "--password-file");
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("quorumd ");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--bogus",
                "-x",
                "statsu",
                "resync",
                "accept disk0",
                "resync d --pause --resume",
                "status --bogus"
            })
    void whatIsMistypedGetsOneLineThatNamesIt(String line) {
        String[] arguments = line.split(" ");
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("quorumd: ")
                .contains("--help");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aRunningServiceIsAskedAndChanged() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "of the admin\n");
        try (Service service = Service.startWithAdmin(folder)) {
            String url = "--url=" + service.request("").build().uri();
            assertThat(run("status", url)).as(err.toString()).isZero();
            assertThat(out.toString()).contains("disk0 ", "UP", "the disk survives one further failure");
            assertThat(run("resync", "disk0", url)).isZero();
            assertThat(run("journal", "disk0", url, "--limit=1")).isZero();
            assertThat(out.toString()).contains("running", "stale-bytes", "ACTION");

            assertThat(run("resync", "disk0", "--pause", url)).isEqualTo(1);
            assertThat(err.toString()).contains("name and password are needed", "--password-file");
            String[] admin = {url, "--user=admin", "--password-file=" + password};
            assertThat(run(admin, "resync", "disk0", "--pause"))
                    .as(err.toString())
                    .isZero();
            assertThat(run("status", url)).isZero();
            assertThat(out.toString()).contains("resync is paused by an operator");
            assertThat(run(admin, "resync", "disk0", "--resume")).isZero();
            assertThat(run(admin, "accept", "disk0", "disk0-a")).isEqualTo(1);
            assertThat(err.toString()).contains("there is nothing that a child would have to decide");
            assertThat(run("journal", "no such", url)).isEqualTo(1);
            assertThat(err.toString()).contains("There is no such volume.");
        }
    }

    @Test
    void whoDoesNotAnswerIsNamed() {
        assertThat(run("status", "--url=http://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("http://127.0.0.1:1", "is the service running?");
        assertThat(run("status", "--url=nonsense")).isEqualTo(1);
        assertThat(run("status", "--password-file=" + folder.resolve("none"))).isEqualTo(1);
        assertThat(err.toString()).contains("--url nonsense", "none cannot be read");
    }

    private int run(String[] options, String... command) {
        List<String> all = new ArrayList<>(Arrays.asList(command));
        all.addAll(Arrays.asList(options));
        return run(all.toArray(String[]::new));
    }

    private int run(String... arguments) {
        return Commands.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
