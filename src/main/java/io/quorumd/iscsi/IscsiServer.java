package io.quorumd.iscsi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.quorumd.pdu.EventLoops;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The iSCSI target server: portals, the targets behind them, the sessions on those. Targets come and go while it runs.
 * Thread-safe.
 */
public final class IscsiServer {

    /** Output waiting for an initiator that does not read: above the first no more commands are read, until the second. */
    static final WriteBufferWaterMark OUTPUT = new WriteBufferWaterMark(1 << 20, 4 << 20);

    /** The same for whoever has no session with a target. */
    static final WriteBufferWaterMark OUTPUT_UNAUTHENTICATED = new WriteBufferWaterMark(32 << 10, 64 << 10);

    /** Time for initiators to log out by themselves before their connections are drained. */
    private static final Duration LOGOUT_GRACE = Duration.ofMillis(500);

    private final EventLoops loops;
    private final ServerContext context;
    private final List<Channel> listening = new ArrayList<>();
    private final Set<IscsiConnection> connections = ConcurrentHashMap.newKeySet();

    /**
     * @param loops on which connections live; best those that own the logical units
     * @param allocator of pooled direct buffers
     */
    public IscsiServer(IscsiSettings settings, EventLoops loops, ByteBufAllocator allocator, CommandListener listener) {
        this.loops = loops;
        this.context = ServerContext.of(settings, allocator, listener, System::nanoTime);
    }

    /** @throws IllegalArgumentException when there is one of that name */
    public void addTarget(TargetNode target) {
        if (context.targets().putIfAbsent(target.name(), target) != null) {
            throw new IllegalArgumentException("there is a target " + target.name() + " already");
        }
    }

    /** Nobody finds it any more; its sessions are closed. Completes when nothing of them is under way. */
    public CompletableFuture<Void> removeTarget(String name) {
        TargetNode target = context.targets().remove(name);
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (IscsiSession session : context.sessions().all()) {
            if (target != null && session.target() == target) {
                session.connection().close("target removed");
                ends.add(session.gone());
            }
        }
        return all(ends);
    }

    public Collection<TargetNode> targets() {
        return List.copyOf(context.targets().values());
    }

    /** @throws PortalBindException for the first portal that cannot be had; none is left listening then */
    public synchronized void start() {
        for (Portal portal : context.settings().portals()) {
            ChannelFuture bound = bootstrap(portal).bind(portal.address()).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                closePortals();
                throw new PortalBindException(portal, bound.cause());
            }
            listening.add(bound.channel());
        }
    }

    /** Where it listens, in the order of the portals. */
    public synchronized List<InetSocketAddress> addresses() {
        return listening.stream()
                .map(channel -> (InetSocketAddress) channel.localAddress())
                .toList();
    }

    public List<SessionInfo> sessions() {
        return context.sessions().all().stream()
                .filter(session -> session.predecessorGone().isDone() && session.isLoggedIn())
                .map(IscsiServer::info)
                .toList();
    }

    /** Connections, logged in or not, and those closed whose last command has not ended yet. */
    public int connectionCount() {
        return connections.size();
    }

    /** Bytes of write data in memory, over all sessions. */
    public long dataOutBytes() {
        return context.budget().used();
    }

    /**
     * Takes no more logins, asks initiators to log out, lets commands under way end, and closes what is left after
     * {@code drain}.
     *
     * @return completes when no connection and no command is left
     */
    public CompletableFuture<Void> stop(Duration drain) {
        context.stopping().set(true);
        closePortals();
        List<IscsiConnection> all = List.copyOf(connections);
        all.forEach(connection -> connection.requestLogout((int) drain.toSeconds()));
        List<ScheduledFuture<?>> timers = List.of(
                later(LOGOUT_GRACE, () -> all.forEach(IscsiConnection::drain)),
                later(drain, () -> all.forEach(connection -> connection.close("not drained in time"))));
        return all(all.stream().map(IscsiConnection::ended).toList())
                .whenComplete((done, never) -> timers.forEach(timer -> timer.cancel(false)));
    }

    private ScheduledFuture<?> later(Duration delay, Runnable task) {
        return loops.next().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void closePortals() {
        listening.forEach(channel -> channel.close().awaitUninterruptibly());
        listening.clear();
    }

    private ServerBootstrap bootstrap(Portal portal) {
        return new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, context.allocator())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, OUTPUT_UNAUTHENTICATED)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, portal);
                    }
                });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // never fails
    private void accept(Channel channel, Portal portal) {
        if (context.stopping().get() || channel.remoteAddress() == null || channel.localAddress() == null) {
            channel.close(); // gone already, or too late
            return;
        }
        var connection = new IscsiConnection(channel, context, portal.groupTag());
        connections.add(connection);
        connection.ended().whenComplete((gone, never) -> connections.remove(connection));
        channel.pipeline().addLast(new ConnectionHandler(connection));
    }

    private static SessionInfo info(IscsiSession session) {
        var login = session.login();
        return new SessionInfo(
                login.initiatorName(),
                login.alias(),
                session.isid(),
                session.tsih(),
                login.targetName(),
                login.portalGroupTag(),
                session.since(),
                session.connection().info(session));
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> ends) {
        return CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
    }

    /** {@code address:port}, an IPv6 address in brackets. */
    static String text(InetSocketAddress address) {
        return address.isUnresolved()
                ? address.getHostString() + ":" + address.getPort()
                : NetUtil.toSocketAddressString(address);
    }
}
