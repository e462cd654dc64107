package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The end of a read, called exactly once on the device's {@link Strand}. */
@FunctionalInterface
public interface ReadCompletion {

    /**
     * Exactly one of the two is null.
     *
     * @param data what was read; the receiver owns it and releases it
     */
    void completed(@Nullable ByteBuf data, @Nullable BlockError error);
}
