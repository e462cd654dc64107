package io.quorumd.pdu;

import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The threads that serve sockets and own devices, with the channel types that go with them: epoll, or NIO elsewhere. */
public final class EventLoops {

    private final EventLoopGroup group;
    private final boolean epoll;
    private final Duration busyPoll;

    private EventLoops(int threads, boolean epoll, Duration busyPoll) {
        this.epoll = epoll;
        this.busyPoll = busyPoll;
        SelectStrategyFactory strategy = busyPoll.isZero()
                ? DefaultSelectStrategyFactory.INSTANCE
                : () -> new BusyPoll(busyPoll.toNanos(), System::nanoTime);
        IoHandlerFactory io = epoll
                ? EpollIoHandler.newFactory(0, strategy)
                : NioIoHandler.newFactory(SelectorProvider.provider(), strategy);
        this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("quorumd-io"), GuardedIo.of(io));
    }

    /** The best the machine has; a thread without anything to do sleeps at once. */
    public static EventLoops start(int threads) {
        return start(threads, Duration.ZERO);
    }

    /** @param busyPoll how long a thread looks for something to do before it sleeps */
    public static EventLoops start(int threads, Duration busyPoll) {
        return new EventLoops(threads, Epoll.isAvailable(), busyPoll);
    }

    /** Java's own selector, wherever the service runs. */
    public static EventLoops startNio(int threads) {
        return new EventLoops(threads, false, Duration.ZERO);
    }

    /**
     * The attribute of a channel, to be set before it is registered, that says whether it is to be closed. It is asked on the
     * channel's event loop before anything is received, or sent that had to wait for room in the socket.
     */
    public static AttributeKey<BooleanSupplier> guard() {
        return GuardedIo.GUARD;
    }

    public EventLoopGroup group() {
        return group;
    }

    /** How long a thread looks for something to do before it sleeps. */
    public Duration busyPoll() {
        return busyPoll;
    }

    /** One of them, in turn. */
    public EventLoop next() {
        return group.next();
    }

    public Class<? extends ServerChannel> serverChannelType() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    public Class<? extends SocketChannel> channelType() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** Ends the threads, after what they have queued. */
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).addListener(done -> stopped.complete(null));
        return stopped;
    }
}
