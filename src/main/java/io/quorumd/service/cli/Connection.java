package io.quorumd.service.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the service is, and who asks. */
@Command(mixinStandardHelpOptions = true)
final class Connection {

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "Where the service is (${DEFAULT-VALUE}).")
    private URI url = URI.create("http://localhost:8080");

    @Option(
            names = "--user",
            paramLabel = "NAME",
            defaultValue = "${env:QUORUMD_ADMIN_USER:-}",
            description = "The administrator's name, for what changes something (QUORUMD_ADMIN_USER).")
    private String user = "";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            defaultValue = "${env:QUORUMD_ADMIN_PASSWORDFILE:-}",
            description = "File that holds the password (QUORUMD_ADMIN_PASSWORDFILE).")
    private String passwordFile = "";

    Api api() {
        return new Api(url, user, password());
    }

    private String password() {
        if (passwordFile.isEmpty()) {
            @Nullable String variable = System.getenv("QUORUMD_ADMIN_PASSWORD");
            return Objects.requireNonNullElse(variable, "");
        }
        try {
            return Files.readString(Path.of(passwordFile)).stripTrailing();
        } catch (IOException e) {
            throw new Api.ApiException("--password-file " + passwordFile + " cannot be read ("
                    + e.getClass().getSimpleName() + ")");
        }
    }
}
