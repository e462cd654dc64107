package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The change in the middle of {@link BlockDevice#update}. */
@FunctionalInterface
public interface Update {

    /**
     * Edits {@code current} in place; its indices stay as they are and the buffer is not kept.
     *
     * @return null to have it written, or an error to leave the medium as it is and complete the request with it
     */
    @Nullable
    BlockError apply(ByteBuf current);
}
