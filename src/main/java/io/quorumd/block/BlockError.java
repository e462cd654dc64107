package io.quorumd.block;

/**
 * Why a request failed. Travels with completions; never thrown on the data path.
 *
 * @param code what the vote counts and what decides the sense data
 * @param message one line for people, without the device's name
 */
public record BlockError(Errno code, String message) {

    /** The errors of a block device, by their Unix names. */
    public enum Errno {
        EIO,
        ENOSPC,
        ETIMEDOUT,
        EROFS,
        EINVAL,
        /** The device, or the connection to it, is gone. */
        ENODEV,
        /** Cancelled before it took effect, or the device is closing. */
        ECANCELED,
        /** Not now: another service holds the device, or too few of its children are there. */
        EBUSY,
        /** An {@link Update} found other bytes than it was to find. */
        EILSEQ,
        ENOMEM
    }

    public static BlockError of(Errno code, String message) {
        return new BlockError(code, message);
    }

    @Override
    public String toString() {
        return code + ": " + message;
    }
}
