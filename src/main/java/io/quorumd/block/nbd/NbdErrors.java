package io.quorumd.block.nbd;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;

/** NBD's error numbers, which are Linux's, as ours. */
final class NbdErrors {

    private NbdErrors() {}

    static BlockError of(int number, String message) {
        Errno code = switch (number) {
            case 1 -> Errno.EROFS;
            case 12 -> Errno.ENOMEM;
            case 22, 75, 95 -> Errno.EINVAL;
            case 28 -> Errno.ENOSPC;
            case 108 -> Errno.ENODEV;
            default -> Errno.EIO;
        };
        String text = "the server answered error " + number;
        return BlockError.of(code, message.isEmpty() ? text : text + " (" + message + ")");
    }
}
