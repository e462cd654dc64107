package io.quorumd.service.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Where a local child is: {@code file:PATH?direct=true&preallocate=true}.
 *
 * @param path as configured; relative to the working directory
 * @param direct O_DIRECT
 * @param preallocate space is reserved when the file is created
 */
public record ChildUri(Path path, boolean direct, boolean preallocate) {

    private static final String FILE = "file:";
    private static final Pattern REMOTE = Pattern.compile("(?i)(nbds?(\\+unix)?|iscsi|iser):.*");

    /** @throws ConfigurationException also for the kinds of children that are not there yet */
    public static ChildUri parse(String property, String text) {
        if (REMOTE.matcher(text).matches()) {
            throw new ConfigurationException(
                    property,
                    text.substring(0, text.indexOf(':')) + " children are not supported by this version",
                    "Use file:PATH, a regular file or a block device");
        }
        if (!text.startsWith(FILE)) {
            // The text is not repeated: it may hold credentials.
            throw new ConfigurationException(
                    property,
                    text.isEmpty() ? "is missing" : "is not the address of a child",
                    "Write file:PATH, such as file:./data/disk0-a.img");
        }
        int query = text.indexOf('?');
        String path = text.substring(FILE.length(), query < 0 ? text.length() : query);
        if (path.isEmpty() || (path.startsWith("//") && !path.startsWith("///"))) {
            throw new ConfigurationException(
                    property,
                    path.isEmpty() ? "has no path" : "names a host",
                    "Write file:PATH, such as file:./data/disk0-a.img or file:///srv/disk0-a.img");
        }
        boolean direct = false;
        boolean preallocate = false;
        for (String option :
                query < 0 ? new String[0] : text.substring(query + 1).split("&", -1)) {
            switch (option) {
                case "direct=true" -> direct = true;
                case "preallocate=true" -> preallocate = true;
                case "direct=false", "preallocate=false" -> {}
                default ->
                    throw new ConfigurationException(
                            property,
                            "\"" + option + "\" is not an option of a file",
                            "After the ? write direct=true, preallocate=true, or both with & between");
            }
        }
        return new ChildUri(path(property, path), direct, preallocate);
    }

    private static Path path(String property, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(property, "is not a path: " + e.getReason(), "Write file:PATH");
        }
    }
}
