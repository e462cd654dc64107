package io.quorumd.block.file;

/**
 * How a file or block device is opened.
 *
 * @param direct past the page cache (O_DIRECT): every request then waits for the disk. Without effect on tmpfs
 * @param readOnly writes fail with EROFS, and others may read at the same time
 */
public record FileOptions(boolean direct, boolean readOnly) {

    public static final FileOptions DEFAULT = new FileOptions(false, false);
}
