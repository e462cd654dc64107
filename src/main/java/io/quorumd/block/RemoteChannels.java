package io.quorumd.block;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.quorumd.pdu.EventLoops;
import java.time.Duration;

/** Channels to remote disks, of the type that goes with the event loop they are to live on. */
public final class RemoteChannels {

    private RemoteChannels() {}

    /** A TCP connection that is to be made, with {@code first} in its pipeline. */
    public static Bootstrap tcp(
            EventLoopStrand strand, ByteBufAllocator allocator, Duration timeout, ChannelHandler first) {
        Class<? extends Channel> type = isEpoll(strand.loop()) ? EpollSocketChannel.class : NioSocketChannel.class;
        Bootstrap bootstrap = bootstrap(strand, type, allocator, timeout, first)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true);
        // Behind a fence the end of the process takes with it what the kernel has not delivered. Otherwise that is sent
        // again and again, across an outage of the network perhaps, and arrives after the successor's writes.
        return strand.fence() == Fence.NONE ? bootstrap : bootstrap.option(ChannelOption.SO_LINGER, 0);
    }

    /** From now on the channel's end is an orderly one: what was written to it is sent first. On its event loop. */
    public static void endInOrder(Channel channel) {
        boolean isOpen = channel.isOpen(); // a socket that is closed has no options
        if (isOpen && channel.config() instanceof SocketChannelConfig tcp && tcp.getSoLinger() == 0) {
            tcp.setSoLinger(-1);
        }
    }

    /** A connection to a Unix socket. */
    public static Bootstrap unix(
            EventLoopStrand strand, ByteBufAllocator allocator, Duration timeout, ChannelHandler first) {
        boolean epoll = isEpoll(strand.loop());
        Class<? extends Channel> type = epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
        return bootstrap(strand, type, allocator, timeout, first);
    }

    private static boolean isEpoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isCompatible(EpollIoHandle.class);
    }

    private static Bootstrap bootstrap(
            EventLoopStrand strand,
            Class<? extends Channel> type,
            ByteBufAllocator allocator,
            Duration timeout,
            ChannelHandler first) {
        Fence fence = strand.fence();
        return new Bootstrap()
                .group(strand.loop())
                .channel(type)
                .attr(EventLoops.guard(), fence == Fence.NONE ? null : fence::isUp)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (fence != Fence.NONE) {
                            channel.pipeline().addLast(new FencedChannel(fence));
                        }
                        channel.pipeline().addLast(first);
                    }
                });
    }
}
