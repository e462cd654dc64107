package io.quorumd.quorum;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Strand;
import org.jspecify.annotations.Nullable;

/** Opens one child's device, again and again if need be: a file, a connection. */
@FunctionalInterface
public interface ChildOpener {

    /**
     * Opens the device. Called on {@code strand}, on which {@code done} runs exactly once, possibly before this returns.
     * Must end by itself (connect and login have their own timeouts).
     *
     * @param allocator where the device takes its buffers from
     */
    void open(Strand strand, ByteBufAllocator allocator, Opened done);

    /** The end of an {@link #open}. Exactly one of the two is null. */
    @FunctionalInterface
    interface Opened {
        void completed(@Nullable BlockDevice device, @Nullable BlockError error);
    }
}
