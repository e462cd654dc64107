package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.quorumd.block.RemoteChannels;
import io.quorumd.pdu.Framing;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduFramer;
import io.quorumd.pdu.PduSink;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import io.quorumd.pdu.ReceiveBuffers;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP connection to a target: bytes come in here, go through the framer to the phase it is in, and what that writes
 * leaves with one flush per wake-up. Belongs to its event loop.
 */
final class InitiatorConnection extends ChannelInboundHandlerAdapter implements PduSink {

    /** What a connection is used for at the moment: a login, then a session. */
    interface Phase extends PduSink {

        /** The connection is gone; told once. */
        void lost(String why);
    }

    private static final Logger LOG = LoggerFactory.getLogger(InitiatorConnection.class);

    private final ByteBufAllocator allocator;
    private final PduFramer framer;
    private final PduWriter writer;
    private Phase phase;
    private @Nullable Channel channel;
    private boolean reading;
    private boolean flushScheduled;
    private boolean closed;
    private boolean heard;

    /** @param first of the phases */
    InitiatorConnection(ByteBufAllocator allocator, Phase first) {
        this.allocator = allocator;
        this.framer = new PduFramer(allocator, this, Framing.login(Opcode.LOGIN_RESPONSE));
        this.writer = new PduWriter(allocator, this::write);
        this.phase = first;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    PduWriter writer() {
        return writer;
    }

    boolean isOpen() {
        return !closed;
    }

    /** Whether anything has arrived since this was last asked. */
    boolean takeHeard() {
        boolean before = heard;
        heard = false;
        return before;
    }

    /** Logged in: from the next PDU on. */
    void enter(Phase next, SessionKeys keys) {
        phase = next;
        framer.framing(Framing.fullFeature(SessionKeys.RECEIVE_MAX, keys.headerDigest(), keys.dataDigest()));
        writer.digests(keys.headerDigest(), keys.dataDigest());
    }

    /** Sees to it that what stands in the writer is sent, at the end of this wake-up. */
    void scheduleFlush() {
        if (!reading && !flushScheduled && channel != null) {
            flushScheduled = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (!closed && channel != null) {
            writer.flush();
            var _ = channel.flush();
        }
    }

    private void write(ByteBuf piece) {
        if (closed || channel == null) {
            piece.release();
        } else {
            var _ = channel.write(piece, channel.voidPromise());
        }
    }

    /** What is written from now on is sent before it closes. */
    void endInOrder() {
        if (channel != null) {
            RemoteChannels.endInOrder(channel);
        }
    }

    /** Closes it, once; the phase is told. */
    void fail(String why) {
        if (!closed) {
            closed = true;
            framer.close();
            writer.close();
            if (channel != null) {
                var _ = channel.close();
            }
            phase.lost(why);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context.channel();
        if (closed) {
            var _ = context.close(); // given up before it was even begun
        } else {
            context.channel().config().setRecvByteBufAllocator(new ReceiveBuffers(framer));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        reading = true;
        heard = true;
        try {
            framer.received((ByteBuf) message);
        } catch (ProtocolException broken) {
            fail(String.valueOf(broken.getMessage()));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail("connection lost");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("a mistake of this program, closing the connection to a target", cause);
        }
        fail("connection lost: " + cause.getMessage());
    }

    @Override
    public @Nullable ByteBuf place(Pdu pdu) {
        return phase.place(pdu);
    }

    @Override
    public void received(Pdu pdu) {
        phase.received(pdu);
    }
}
