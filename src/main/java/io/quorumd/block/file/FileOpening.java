package io.quorumd.block.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens, locks and creates files. Blocks; runs on an I/O thread. */
final class FileOpening {

    private static final Logger LOG = LoggerFactory.getLogger(FileOpening.class);
    private static final short F_RDLCK = 0;
    private static final short F_WRLCK = 1;
    private static final int OWNER_ONLY = 0600;
    private static final long FLOCK_BYTES = 32;

    private FileOpening() {}

    static OpenFile open(Path file, FileOptions options) throws Refused {
        CallFrame frame = new CallFrame();
        String path = file.toString();
        FileFacts.Type type = FileFacts.type(frame, path);
        if (type == FileFacts.Type.FOLDER) {
            throw new Refused(Remedies.folder(path));
        }
        if (type == FileFacts.Type.OTHER) {
            throw new Refused(Remedies.notStorage(path));
        }
        int flags = options.readOnly() ? LibC.O_RDONLY : LibC.O_RDWR;
        if (type == FileFacts.Type.BLOCK_DEVICE && !options.readOnly()) {
            flags |= LibC.O_EXCL; // the kernel's own claim: refused while mounted, and the other way round
        }
        int fd = open(frame, path, flags);
        try {
            lock(frame, path, fd, options.readOnly());
            FileFacts facts = FileFacts.of(frame, path, fd);
            if (options.direct() && !facts.inMemory()) {
                if (facts.size() % facts.alignment() != 0) {
                    throw new Refused(Remedies.unaligned(path, facts.size(), facts.alignment()));
                }
                int n = LibC.setFlags(frame, fd, LibC.O_DIRECT);
                if (n < 0) {
                    throw new Refused(Errnos.error(path, "cannot do direct I/O; leave direct off", n));
                }
            }
            return new OpenFile(path, fd, facts, options);
        } catch (Refused e) {
            LibC.close(frame, fd);
            throw e;
        }
    }

    private static int open(CallFrame frame, String path, int flags) throws Refused {
        int fd = LibC.open(frame, path, flags | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            throw new Refused(Remedies.cannotOpen(path, fd));
        }
        return fd;
    }

    /** F_OFD_SETLK on the whole file: held by the descriptor, so that a second open of this process is refused too. */
    private static void lock(CallFrame frame, String path, int fd, boolean readOnly) throws Refused {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment lock = arena.allocate(FLOCK_BYTES, 8);
            lock.set(ValueLayout.JAVA_SHORT, 0, readOnly ? F_RDLCK : F_WRLCK);
            int n = LibC.fcntl(frame, fd, LibC.F_OFD_SETLK, lock);
            if (n == -LibC.EAGAIN || n == -LibC.EACCES) {
                throw new Refused(Remedies.inUse(path));
            }
            if (n < 0) {
                throw new Refused(Errnos.error(path, "cannot be locked, which its file system must allow", n));
            }
        }
    }

    static void create(Path file, long size, boolean preallocate) throws Refused {
        CallFrame frame = new CallFrame();
        String path = file.toString();
        int fd = LibC.open(frame, path, LibC.O_RDWR | LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC, OWNER_ONLY);
        if (fd < 0) {
            throw new Refused(Remedies.cannotOpen(path, fd));
        }
        int result = LibC.ftruncate(frame, fd, size);
        if (result == 0 && preallocate) {
            result = LibC.fallocate(frame, fd, 0, 0, size);
        }
        if (result == 0) {
            result = LibC.fsync(frame, fd);
        }
        LibC.close(frame, fd);
        if (result == 0) {
            result = syncFolder(frame, file);
        }
        if (result < 0) {
            remove(file);
            throw new Refused(Errnos.error(path, "cannot be created with " + size + " bytes", result));
        }
    }

    /** It is ours, made a moment ago, and holds nothing. */
    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{}: half created and cannot be removed: {}", file, e.getMessage());
        }
    }

    /** So that the file's name outlives a crash as the file does. */
    private static int syncFolder(CallFrame frame, Path file) {
        String folder = file.toAbsolutePath().resolveSibling(".").toString();
        int fd = LibC.open(frame, folder, LibC.O_RDONLY | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            return fd;
        }
        int result = LibC.fsync(frame, fd);
        LibC.close(frame, fd);
        return result;
    }
}
