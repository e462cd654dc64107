package io.quorumd.quorum.state;

import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a local child lies: the file itself, when it is to be made, and its sidecar. Blocking. */
public interface ChildPlace {

    /**
     * Makes the file, or what it lacks to this length, of zeroes, durably. Only ever called while the volume is being
     * created or grown.
     */
    void create(long length) throws IOException;

    /** What tells this file from one made anew under the same name. */
    String fileMark() throws IOException;

    /** Leaves {@code child} as a mark on the file where the file system can, and answers the new {@link #fileMark}. */
    String markFile(UUID child) throws IOException;

    /** The sidecar's bytes, or null when there is none. */
    byte @Nullable [] readSidecar() throws IOException;

    /** Replaces the sidecar atomically and durably. */
    void writeSidecar(byte[] content) throws IOException;
}
