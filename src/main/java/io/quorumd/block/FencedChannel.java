package io.quorumd.block;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/**
 * Ends the connection to a remote disk instead of sending on it once a {@link Fence} is up. What the kernel has been
 * given and has not sent is dropped with it ({@link RemoteChannels}).
 */
final class FencedChannel extends ChannelOutboundHandlerAdapter {

    private final Fence fence;

    FencedChannel(Fence fence) {
        this.fence = fence;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (fence.isUp()) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new IOException(Fence.REFUSAL.message()));
            var _ = context.close();
        } else {
            var _ = context.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        if (fence.isUp()) {
            var _ = context.close();
        } else {
            context.flush();
        }
    }
}
