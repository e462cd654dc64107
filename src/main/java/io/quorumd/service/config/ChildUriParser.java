package io.quorumd.service.config;

import io.quorumd.block.iscsi.IscsiUri;
import io.quorumd.block.nbd.NbdUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The forms of a child's address, taken apart. */
final class ChildUriParser {

    static final Pattern NBD = Pattern.compile("nbds?(\\+unix)?:.*");
    static final Pattern ISCSI = Pattern.compile("iscsi:.*");

    private ChildUriParser() {}

    static ChildUri nbd(String property, String text) {
        try {
            return new ChildUri.Nbd(NbdUri.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    property, String.valueOf(e.getMessage()), "Write nbd://HOST:PORT/EXPORT or one of its kin");
        }
    }

    /** The text is not repeated: it may hold a secret. */
    static ChildUri iscsi(String property, String text) {
        try {
            return new ChildUri.Iscsi(IscsiUri.parse(text));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    property,
                    String.valueOf(e.getMessage()),
                    "Write iscsi://HOST:PORT/TARGET/LUN, such as iscsi://10.0.0.3/iqn.2026-11.io.quorumd:a/0");
        }
    }

    static ChildUri file(String property, String text) {
        int query = text.indexOf('?');
        String path = text.substring("file:".length(), query < 0 ? text.length() : query);
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
        return new ChildUri.File(path(property, path), direct, preallocate);
    }

    private static Path path(String property, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigurationException(property, "is not a path: " + e.getReason(), "Write file:PATH");
        }
    }
}
