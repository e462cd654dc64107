package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar answers what is typed behind it, and starts nothing. */
class CommandLineIT {

    @TempDir
    Path folder;

    private record Answer(int status, String output) {}

    @Test
    void helpVersionAndWhatIsMistyped() throws IOException, InterruptedException {
        Answer help = quorumd("--help");
        assertThat(help.status()).isZero();
        assertThat(help.output()).startsWith("Usage: quorumd").contains("status", "resync", "accept", "journal");
        Answer version = quorumd("--version");
        assertThat(version.status()).isZero();
        assertThat(version.output()).matches("quorumd \\d+\\.\\d+\\.\\d+\\S*\\R");
        Answer mistyped = quorumd("--hlep");
        assertThat(mistyped.status()).isEqualTo(2);
        assertThat(mistyped.output().lines()).singleElement().asString().contains("--hlep", "see quorumd --help");
        assertThat(folder).isEmptyDirectory();
    }

    private Answer quorumd(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Quorumd.javaProgram(), "-jar", Quorumd.packagedJar().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), output);
    }
}
