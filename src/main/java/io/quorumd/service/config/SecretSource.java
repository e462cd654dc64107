package io.quorumd.service.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;

/** A secret given inline or by the name of a file: reads it and checks that there is exactly one. */
final class SecretSource {

    private static final int FILE_MAX = 4096;

    private SecretSource() {}

    /**
     * The secret; of a file without the line end at its end.
     *
     * @param property name of the inline form; the file's is the same with {@code -file}
     */
    static Secret read(String property, Secret inline, String file) {
        if (!inline.isEmpty() && !file.isEmpty()) {
            throw new ConfigurationException(
                    property, "is set as well as " + property + "-file", "Keep one of the two, better the file");
        }
        return file.isEmpty() ? inline : readFile(property + "-file", file);
    }

    private static Secret readFile(String property, String file) {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > FILE_MAX) {
                throw new ConfigurationException(
                        property,
                        "\"" + file + "\" is longer than " + FILE_MAX + " bytes",
                        "Name the file of a secret");
            }
            byte[] bytes = Files.readAllBytes(path);
            int end = bytes.length;
            while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
                end--;
            }
            return Secret.of(Arrays.copyOf(bytes, end));
        } catch (IOException | InvalidPathException e) {
            throw new ConfigurationException(
                    property,
                    "\"" + file + "\" cannot be read (" + e.getClass().getSimpleName() + ")",
                    "Name a file that holds the secret and that this user may read");
        }
    }
}
