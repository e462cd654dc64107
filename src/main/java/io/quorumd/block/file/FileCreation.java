package io.quorumd.block.file;

import io.quorumd.block.BlockError;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes files that are to be devices, and makes them longer, durably. Blocks; for threads that may. */
public final class FileCreation {

    private FileCreation() {}

    /**
     * Makes a new file of {@code size} zero bytes, readable by its owner only, and has it and its name on stable storage.
     * A path that exists is refused and left alone.
     *
     * @param preallocate take the space now, so that no write fails for want of it; otherwise the file is sparse
     * @return what went wrong, after which the file does not exist; null when all is well
     */
    public static @Nullable BlockError create(Path path, long size, boolean preallocate) {
        try {
            FileOpening.create(path, size, preallocate);
            return null;
        } catch (Refused e) {
            return e.error;
        }
    }

    /**
     * Makes an existing file {@code size} bytes long, zeroes behind what it holds, and takes the space of all of it, so
     * that no write fails for want of it. It is never made shorter.
     *
     * @return what went wrong; null when all is well and on stable storage
     */
    public static @Nullable BlockError reserve(Path path, long size) {
        CallFrame frame = new CallFrame();
        String name = path.toString();
        int fd = LibC.open(frame, name, LibC.O_RDWR | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            return Remedies.cannotOpen(name, fd);
        }
        int result = LibC.fallocate(frame, fd, 0, 0, size);
        if (result == 0) {
            result = LibC.fsync(frame, fd);
        }
        LibC.close(frame, fd);
        return result < 0 ? Errnos.error(name, "cannot take " + size + " bytes", result) : null;
    }
}
