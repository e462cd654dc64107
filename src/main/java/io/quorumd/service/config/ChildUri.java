package io.quorumd.service.config;

import io.quorumd.block.iscsi.IscsiUri;
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

    /** {@code iscsi://…}. */
    record Iscsi(IscsiUri uri) implements ChildUri {}

    /** @throws ConfigurationException where it is none of these */
    static ChildUri parse(String property, String text) {
        if (text.startsWith("file:")) {
            return ChildUriParser.file(property, text);
        }
        if (ChildUriParser.NBD.matcher(text).matches()) {
            return ChildUriParser.nbd(property, text);
        }
        if (ChildUriParser.ISCSI.matcher(text).matches()) {
            return ChildUriParser.iscsi(property, text);
        }
        // The text is not repeated: it may hold credentials.
        throw new ConfigurationException(
                property,
                text.isEmpty() ? "is missing" : "is not the address of a child",
                "Write file:PATH, such as file:./data/disk0-a.img, nbd://HOST:PORT/EXPORT, or iscsi://HOST/TARGET/LUN");
    }
}
