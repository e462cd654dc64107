package io.quorumd.block;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.quorumd.pdu.EventLoops;
import java.io.IOException;

/**
 * Ends the connection to a remote disk instead of sending or receiving on it once a {@link Fence} is up. What the kernel has
 * been given and has not sent is dropped with it ({@link RemoteChannels}). Receiving ends as well because a server
 * that cannot get rid of its answers reads no more requests: where this process stood still, some that are old by now may
 * wait before it, and they would be done as soon as their predecessors' answers are taken. The first receive or send after a
 * wait is {@link EventLoops#guard}'s to refuse.
 */
final class FencedChannel extends ChannelDuplexHandler {

    private final Fence fence;

    FencedChannel(Fence fence) {
        this.fence = fence;
    }

    /** Looks at the fence when the message has been dealt with, right before more is received. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.fireChannelRead(message);
        if (fence.isUp()) {
            var _ = context.close();
        }
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
