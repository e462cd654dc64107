package io.quorumd.quorum.state;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of a state directory, by their path below it ("disk0/volume.json"). It stands between the state and the
 * disk so that a simulation can tear and lose writes. Blocking; any thread, one at a time per path.
 */
public interface StateStorage {

    /** Where the path is for a person, to be named in messages. */
    String describe(String path);

    /** Names directly below {@code folder} ("" for the top), sorted; empty when there is no such folder. */
    List<String> list(String folder) throws IOException;

    /** The whole content, or null when there is no such file. */
    byte @Nullable [] read(String path) throws IOException;

    /**
     * Puts {@code content} in place of what was there, atomically and durably: after a crash at any moment the file is
     * the old one or the new one, and the new one once this has returned. Makes the folders above it.
     */
    void replace(String path, byte[] content) throws IOException;

    /** Removes the file, durably; without effect when there is none. */
    void delete(String path) throws IOException;

    /** Opens an existing file for updates in place. */
    StateFile open(String path) throws IOException;
}
