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
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;

/** Channels to remote disks, of the type that goes with the event loop they are to live on. */
public final class RemoteChannels {

    private RemoteChannels() {}

    /** A TCP connection that is to be made, with {@code first} in its pipeline. */
    public static Bootstrap tcp(EventLoop loop, ByteBufAllocator allocator, Duration timeout, ChannelHandler first) {
        Class<? extends Channel> type = isEpoll(loop) ? EpollSocketChannel.class : NioSocketChannel.class;
        return bootstrap(loop, type, allocator, timeout, first)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true);
    }

    /** A connection to a Unix socket. */
    public static Bootstrap unix(EventLoop loop, ByteBufAllocator allocator, Duration timeout, ChannelHandler first) {
        Class<? extends Channel> type = isEpoll(loop) ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
        return bootstrap(loop, type, allocator, timeout, first);
    }

    private static boolean isEpoll(EventLoop loop) {
        return loop instanceof IoEventLoop io && io.isIoType(EpollIoHandler.class);
    }

    private static Bootstrap bootstrap(
            EventLoop loop,
            Class<? extends Channel> type,
            ByteBufAllocator allocator,
            Duration timeout,
            ChannelHandler first) {
        return new Bootstrap()
                .group(loop)
                .channel(type)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(first);
                    }
                });
    }
}
