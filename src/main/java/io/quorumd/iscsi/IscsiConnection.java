package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.quorumd.pdu.Framing;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduFramer;
import io.quorumd.pdu.PduSink;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A TCP connection of an initiator, from accept to close: bytes come in here, go through the framer to the phase the
 * connection is in, and what that writes leaves with one flush per wake-up. Everything but {@link #close} and the figures
 * is its event loop's.
 */
@SuppressWarnings("FutureReturnValueIgnored") // channelInactive tells of every end, exceptionCaught of every failure
final class IscsiConnection extends JscsiConnection implements PduSink {

    private static final Logger LOG = LoggerFactory.getLogger(IscsiConnection.class);

    private final Channel channel;
    private final ServerContext server;
    private final InetSocketAddress initiator;
    private final Source source;
    private final InetSocketAddress portal;
    private final int portalGroupTag;
    private final PduFramer framer;
    private final PduWriter writer;
    private final Runnable flushTask = this::flush;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Counter commands = new Counter();
    private final Counter bytesIn = new Counter();
    private final Counter bytesOut = new Counter();
    private volatile int inFlight;

    private PduSink phase;
    private @Nullable FullFeaturePhase fullFeature;
    private @Nullable IscsiSession session;
    private @Nullable ScheduledFuture<?> loginTimer;
    private boolean reading;
    private boolean flushScheduled;
    private boolean closing;
    private boolean closed;

    IscsiConnection(Channel channel, ServerContext server, int portalGroupTag) {
        this.channel = channel;
        this.server = server;
        this.initiator = (InetSocketAddress) channel.remoteAddress();
        this.source = Source.of(initiator);
        this.portal = (InetSocketAddress) channel.localAddress();
        this.portalGroupTag = portalGroupTag;
        this.framer = new PduFramer(server.allocator(), this, Framing.login(Opcode.LOGIN_REQUEST));
        this.writer = new PduWriter(server.allocator(), this::write);
        this.phase = new LoginDialogue(this, writer);
    }

    void opened() {
        server.gate().enter(this);
        long wait = server.failedLogins().waitNanos(source);
        if (wait > 0) {
            channel.config().setAutoRead(false);
            loop().schedule(this::startReading, wait, TimeUnit.NANOSECONDS);
        }
        loginTimer = loop().schedule(
                        () -> close("not logged in in time"),
                        server.limits().loginTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private void startReading() {
        if (!closing) {
            channel.config().setAutoRead(true);
        }
    }

    EventLoop loop() {
        return channel.eventLoop();
    }

    ServerContext server() {
        return server;
    }

    ByteBufAllocator allocator() {
        return server.allocator();
    }

    Source source() {
        return source;
    }

    /** False while what it sends piles up because the initiator does not read. */
    boolean isWritable() {
        return channel.isWritable();
    }

    PduFramer framer() {
        return framer;
    }

    /** The local address. */
    InetSocketAddress portal() {
        return portal;
    }

    /** Of the portal it came in on. */
    int portalGroupTag() {
        return portalGroupTag;
    }

    /** Completes when the connection is closed and nothing that came over it is under way any more. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** False from the moment on that nothing is to be sent any more. */
    boolean isOpen() {
        return !closing;
    }

    /** Bytes have arrived; the buffer is passed on to be released. */
    void received(ByteBuf buffer) {
        reading = true;
        if (fullFeature != null) {
            fullFeature.heard();
        }
        try {
            framer.received(buffer);
        } catch (ProtocolException broken) {
            drop(String.valueOf(broken.getMessage()));
        } catch (RuntimeException mistake) {
            LOG.error("{}: a mistake of this program, closing", this, mistake);
            close(null);
        }
    }

    /** Closes it for what its peer does. */
    void drop(String why) {
        LOG.atLevel(level()).log("{}: closing: {}", this, why);
        announceDrop();
        close(null);
    }

    void readComplete() {
        reading = false;
        flush();
    }

    /** Whether the initiator reads what we send. If not, we read no more commands, so that nothing piles up. */
    void writabilityChanged() {
        channel.config().setAutoRead(channel.isWritable());
        if (!channel.isWritable()) {
            channel.flush();
        }
    }

    @Override
    public @Nullable ByteBuf place(Pdu pdu) {
        return phase.place(pdu);
    }

    @Override
    public void received(Pdu pdu) {
        phase.received(pdu);
    }

    /** Sees to it that what stands in the writer is sent: at the end of this wake-up. */
    void scheduleFlush() {
        if (!reading && !flushScheduled) {
            flushScheduled = true;
            loop().execute(flushTask);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (!closed) {
            writer.flush();
            channel.flush();
        }
    }

    private void write(ByteBuf piece) {
        if (closing) {
            piece.release();
        } else {
            channel.write(piece, channel.voidPromise());
        }
    }

    void session(IscsiSession opened) {
        session = opened;
    }

    void enterFullFeaturePhase(IscsiSession opened) {
        var keys = opened.login().keys();
        framer.framing(Framing.fullFeature(keys.maxRecvDataSegmentLength(), keys.headerDigest(), keys.dataDigest()));
        writer.digests(keys.headerDigest(), keys.dataDigest());
        var next = new FullFeaturePhase(this, opened, writer);
        fullFeature = next;
        phase = next;
        next.start();
        if (!opened.isDiscovery()) {
            channel.config().setWriteBufferWaterMark(IscsiServer.OUTPUT);
            server.gate().leave(this);
        }
        stopLoginTimer();
        LOG.atLevel(level()).log("{}: {} logged in", this, opened);
    }

    private void stopLoginTimer() {
        if (loginTimer != null) {
            loginTimer.cancel(false);
        }
    }

    /** The last command in flight has ended. */
    void idle() {
        if (fullFeature != null) {
            fullFeature.idle();
        }
    }

    /** Sends what is to be sent, then closes. */
    void closeAfterFlush() {
        if (!closing) {
            writer.flush();
            closing = true;
            framer.close();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /**
     * Closes at once. From any thread.
     *
     * @param reason for the log; null: it has been told, or there is nothing to tell
     */
    void close(@Nullable String reason) {
        if (!loop().inEventLoop()) {
            loop().execute(() -> close(reason));
            return;
        }
        if (!closing) {
            if (reason != null) {
                LOG.info("{}: closing: {}", this, reason);
                announceDrop();
            }
            closing = true;
            framer.close();
            channel.close();
        }
    }

    /** Whoever has no session with a target must not be able to fill the log. */
    private Level level() {
        return session == null || session.isDiscovery() ? Level.DEBUG : Level.INFO;
    }

    private void announceDrop() {
        if (fullFeature != null && !closing) {
            fullFeature.announceDrop();
            flush();
        }
    }

    /** Asks the initiator to log out; one that is not logged in is closed. From any thread. */
    void requestLogout(int seconds) {
        loop().execute(() -> {
            if (fullFeature == null) {
                close("the server is stopping");
            } else if (!closing) {
                fullFeature.requestLogout(seconds);
            }
        });
    }

    /** Takes no more commands, closes when those under way are answered. From any thread. */
    void drain() {
        loop().execute(() -> {
            if (fullFeature == null) {
                close("the server is stopping");
            } else if (!closing) {
                channel.config().setAutoRead(false);
                fullFeature.drain();
            }
        });
    }

    /** The channel is closed, by whomever. */
    void channelClosed() {
        if (closed) {
            return;
        }
        closing = true;
        closed = true;
        framer.close();
        writer.close();
        server.gate().leave(this);
        stopLoginTimer();
        if (fullFeature != null) {
            LOG.atLevel(level()).log("{}: {} is gone", this, session);
            fullFeature.close();
        } else {
            release();
        }
    }

    /** Nothing is under way any more. */
    void release() {
        IscsiSession mine = session;
        if (mine == null) {
            ended.complete(null);
        } else {
            mine.predecessorGone().whenComplete((gone, never) -> {
                server.sessions().remove(mine);
                mine.gone().complete(null);
                ended.complete(null);
            });
        }
    }

    void inFlight(int count) {
        inFlight = count;
    }

    void count(long in, long out) {
        commands.add(1);
        bytesIn.add(in);
        bytesOut.add(out);
    }

    /** From any thread. */
    List<SessionInfo.Connection> info(IscsiSession of) {
        var login = of.login();
        return List.of(new SessionInfo.Connection(
                login.cid(), initiator, portal, login.keys(), inFlight, commands.get(), bytesIn.get(), bytesOut.get()));
    }

    @Override
    public boolean stop() {
        close("stopped");
        return true;
    }

    @Override
    public String toString() {
        return "initiator at " + IscsiServer.text(initiator);
    }
}
