package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.quorumd.pdu.Opcode;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A connection without a socket: what it answers to stands there when send() returns, and time passes only by pass(). */
final class EmbeddedPeer extends EmbeddedChannel {

    private static final InetSocketAddress PORTAL = new InetSocketAddress("192.0.2.7", 3260);

    private final InetSocketAddress initiator;
    private final IscsiConnection connection;
    private boolean reads = true;

    EmbeddedPeer(ServerContext server, String address) {
        super(false, false);
        config().setAllocator(server.allocator());
        config().setWriteBufferWaterMark(IscsiServer.OUTPUT_UNAUTHENTICATED);
        initiator = new InetSocketAddress(address, 40000);
        connection = new IscsiConnection(this, server, 1);
        try {
            register();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        freezeTime();
        pipeline().addLast(new ConnectionHandler(connection));
        pipeline().fireChannelActive();
    }

    /** A server with targets that nobody listens for. */
    static ServerContext server(IscsiSettings settings, TargetNode... targets) {
        ServerContext server =
                ServerContext.of(settings, PooledByteBufAllocator.DEFAULT, CommandListener.NONE, () -> 0);
        for (TargetNode target : targets) {
            server.targets().put(target.name(), target);
        }
        return server;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is done when close() returns
    void hangUp() {
        close();
    }

    /** From now on what is sent to it stays where it is. */
    void stopReading() {
        reads = false;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (reads) {
            super.doWrite(in);
        }
    }

    /** What nobody looks at is nobody's to release. */
    @Override
    protected void handleOutboundMessage(Object message) {
        ByteBuf piece = (ByteBuf) message;
        ByteBuf kept = Unpooled.buffer(piece.readableBytes()).writeBytes(piece);
        piece.release();
        super.handleOutboundMessage(kept);
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return initiator;
    }

    @Override
    protected SocketAddress localAddress0() {
        return PORTAL;
    }

    IscsiConnection connection() {
        return connection;
    }

    /** As a socket would, into the buffers that the framer asks for. */
    void send(ByteBuf wire) {
        while (wire.isReadable() && isOpen() && config().isAutoRead()) {
            ByteBuf buffer = connection.framer().receiveBuffer(alloc());
            buffer.writeBytes(wire, Math.min(wire.readableBytes(), buffer.writableBytes()));
            writeInbound(buffer);
        }
        runPendingTasks();
    }

    /** A login request from the operational stage to full feature phase; no target: a discovery session. */
    void login(String target) {
        String keys = "InitiatorName=iqn.2026-11.io.example:" + initiator.getHostString() + "\0"
                + (target.isEmpty() ? "SessionType=Discovery\0" : "TargetName=" + target + "\0");
        send(pdu(TestInitiator.header(Opcode.LOGIN_REQUEST | 0x40, 0x87, 0), keys.getBytes(StandardCharsets.UTF_8)));
    }

    static ByteBuf pdu(ByteBuf header, byte... data) {
        header.setMedium(5, data.length);
        return Unpooled.buffer().writeBytes(header).writeBytes(data).writeZero(-data.length & 3);
    }

    void pass(Duration time) {
        advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        runScheduledPendingTasks();
        runPendingTasks();
    }

    /** What it has sent since the last call. */
    ByteBuf sent() {
        ByteBuf wire = Unpooled.buffer();
        for (ByteBuf piece = readOutbound(); piece != null; piece = readOutbound()) {
            wire.writeBytes(piece);
            piece.release();
        }
        return wire;
    }

    /** The opcodes of what it has sent since the last call. */
    List<Integer> opcodes() {
        ByteBuf wire = sent();
        List<Integer> opcodes = new ArrayList<>();
        while (wire.isReadable()) {
            int at = wire.readerIndex();
            opcodes.add(wire.getByte(at) & 0x3f);
            wire.skipBytes(48 + (wire.getUnsignedMedium(at + 5) + 3 & ~3));
        }
        return opcodes;
    }
}
