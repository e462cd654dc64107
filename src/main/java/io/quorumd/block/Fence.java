package io.quorumd.block;

import io.quorumd.block.BlockError.Errno;

/**
 * What keeps this process off its disks once another one may use them. It is asked as late as can be, right before bytes
 * leave the process, because a process that was stopped for a while goes on where it stood, with requests that are old by
 * then.
 */
@FunctionalInterface
public interface Fence {

    /** Of a process that nobody takes over from. */
    Fence NONE = () -> false;

    /** What is refused is to be repeated, by initiators at whoever serves them next. */
    BlockError REFUSAL =
            BlockError.of(Errno.EBUSY, "this process no longer holds its Lease: another one may use the children");

    /** Any thread, for every request: neither waits nor allocates. Once true it stays so. */
    boolean isUp();
}
