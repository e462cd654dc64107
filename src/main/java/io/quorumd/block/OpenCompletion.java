package io.quorumd.block;

import org.jspecify.annotations.Nullable;

/** The end of an attempt to open a device, called exactly once on the strand the device is to belong to. */
@FunctionalInterface
public interface OpenCompletion {

    /** Exactly one of the two is null. Errors name what was to be opened, what is wrong and what would be right. */
    void completed(@Nullable BlockDevice device, @Nullable BlockError error);
}
