package io.quorumd.block.file;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;

/** The one place where an errno of this host becomes a {@link BlockError}. */
final class Errnos {

    private Errnos() {}

    /** @param errno as {@link LibC} returns it, negated or not */
    static BlockError error(String path, String what, long errno) {
        int number = (int) Math.abs(errno);
        return BlockError.of(code(number), path + ": " + what + ": " + LibC.strerror(number));
    }

    static Errno code(int errno) {
        return switch (errno) {
            case 28, 122, 27 -> Errno.ENOSPC; // ENOSPC, EDQUOT; EFBIG: a file that may not grow has no space
            case 30 -> Errno.EROFS;
            case 22 -> Errno.EINVAL;
            case 12 -> Errno.ENOMEM;
            case 16, 11, 26 -> Errno.EBUSY; // EBUSY; EAGAIN of a lock; ETXTBSY
            case 110, 62 -> Errno.ETIMEDOUT; // ETIMEDOUT, ETIME
            case 6, 19, 116, 2, 20 -> Errno.ENODEV; // ENXIO, ENODEV, ESTALE; ENOENT, ENOTDIR
            case 125 -> Errno.ECANCELED;
            default -> Errno.EIO;
        };
    }
}
