package io.quorumd.block.file;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;

/** What keeps a path from being opened, said together with what would help. */
final class Remedies {

    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int EBUSY = 16;
    private static final int EEXIST = 17;
    private static final int EISDIR = 21;
    private static final int EROFS = 30;

    private Remedies() {}

    static BlockError cannotOpen(String path, int result) {
        return switch (-result) {
            case ENOENT -> BlockError.of(Errno.ENODEV, path + ": does not exist; create it or correct the path");
            case EPERM, EACCES ->
                BlockError.of(
                        Errno.EIO,
                        path + ": permission denied; let user " + System.getProperty("user.name")
                                + " read and write it, and enter its folder");
            case EROFS -> BlockError.of(Errno.EROFS, path + ": is on a read-only file system; mount that writable");
            case EBUSY -> inUse(path);
            case EISDIR -> folder(path);
            case EEXIST -> BlockError.of(Errno.EBUSY, path + ": exists already and is left as it is");
            default -> Errnos.error(path, "cannot be opened", result);
        };
    }

    static BlockError inUse(String path) {
        return BlockError.of(
                Errno.EBUSY,
                path + ": is held by another process or mounted; stop or unmount that, a child has one writer");
    }

    static BlockError folder(String path) {
        return BlockError.of(Errno.EINVAL, path + ": is a directory; name a file or a block device");
    }

    static BlockError notStorage(String path) {
        return BlockError.of(Errno.EINVAL, path + ": is neither a regular file nor a block device; name one of those");
    }

    static BlockError unaligned(String path, long size, long alignment) {
        return BlockError.of(
                Errno.EINVAL,
                path + ": its length " + size + " is no multiple of " + alignment
                        + ", which direct I/O needs here; leave direct off or change the length");
    }
}
