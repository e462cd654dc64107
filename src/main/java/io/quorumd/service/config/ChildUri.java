package io.quorumd.service.config;

import io.quorumd.block.nbd.NbdUri;
import java.nio.file.Path;

/** Where a child is. */
public sealed interface ChildUri {

    /**
     * {@code file:PATH?direct=true&preallocate=true}.
     *
     * @param path as configured; relative to the working directory
     * @param direct O_DIRECT
     * @param preallocate space is reserved when the file is created
     */
    record File(Path path, boolean direct, boolean preallocate) implements ChildUri {}

    /** {@code nbd://…} and its kin. */
    record Nbd(NbdUri uri) implements ChildUri {}

    /** @throws ConfigurationException also for the kinds of children that are not there yet */
    static ChildUri parse(String property, String text) {
        if (text.startsWith("file:")) {
            return ChildUriParser.file(property, text);
        }
        if (ChildUriParser.NBD.matcher(text).matches()) {
            return ChildUriParser.nbd(property, text);
        }
        if (ChildUriParser.ISCSI.matcher(text).matches()) {
            throw new ConfigurationException(
                    property,
                    "iscsi children are not supported by this version",
                    "Use file:PATH for a regular file or a block device, or nbd://HOST:PORT/EXPORT");
        }
        // The text is not repeated: it may hold credentials.
        throw new ConfigurationException(
                property,
                text.isEmpty() ? "is missing" : "is not the address of a child",
                "Write file:PATH, such as file:./data/disk0-a.img, or nbd://HOST:PORT/EXPORT");
    }
}
