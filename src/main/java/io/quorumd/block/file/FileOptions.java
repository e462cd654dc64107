package io.quorumd.block.file;

import io.quorumd.block.Fence;

/**
 * How a file or block device is opened.
 *
 * @param direct past the page cache (O_DIRECT): every request then waits for the disk. Without effect on tmpfs
 * @param readOnly writes fail with EROFS, and others may read at the same time
 * @param keepsSpace what was allocated stays so when it is deallocated: it reads as zeroes, and a later write finds its
 *     space still there
 * @param fence asked before each call that changes the medium
 */
public record FileOptions(boolean direct, boolean readOnly, boolean keepsSpace, Fence fence) {

    public static final FileOptions DEFAULT = new FileOptions(false, false, false);

    /** Without a fence. */
    public FileOptions(boolean direct, boolean readOnly, boolean keepsSpace) {
        this(direct, readOnly, keepsSpace, Fence.NONE);
    }
}
