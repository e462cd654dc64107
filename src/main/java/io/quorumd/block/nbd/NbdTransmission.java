package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.collection.LongObjectHashMap;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.RemoteChannels;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The transmission phase on one connection: requests out, replies (simple, structured, extended) in, matched by cookie.
 * Belongs to the channel's event loop. When the connection breaks, or the server breaks the protocol, every request in
 * flight ends with ENODEV and so does every later one.
 */
final class NbdTransmission extends ChannelInboundHandlerAdapter {

    private static final int REQUEST_MAGIC = 0x25609513;
    private static final int EXTENDED_REQUEST_MAGIC = 0x21e41c71;

    private final String server;
    private final NbdExport export;
    private final NbdReplies replies;
    private final LongObjectHashMap<NbdRequest> inFlight = new LongObjectHashMap<>();
    private @Nullable ChannelHandlerContext context;
    /** Why the connection can no longer be used; null while it can. */
    private @Nullable BlockError dead;

    private long lastCookie;
    private boolean reading;
    private boolean unflushed;

    NbdTransmission(String server, NbdExport export, ByteBufAllocator allocator) {
        this.server = server;
        this.export = export;
        this.replies = new NbdReplies(inFlight, export.structured(), allocator);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    /** Sends a request; {@code payload} is the data of a write, retained until it is on the wire. */
    void send(NbdRequest request, int flags, @Nullable ByteBuf payload) {
        ChannelHandlerContext ctx = context;
        if (dead != null || ctx == null) {
            request.failed(dead != null ? dead : BlockError.of(Errno.ENODEV, server + " is not connected"));
            request.end();
            return;
        }
        long cookie = ++lastCookie;
        inFlight.put(cookie, request);
        var _ = ctx.write(header(ctx, cookie, request, flags), ctx.voidPromise());
        if (payload != null) {
            var _ = ctx.write(payload.retainedSlice(), ctx.voidPromise());
        }
        // Requests made while replies are being read go out together at the end of the read.
        if (reading) {
            unflushed = true;
        } else {
            ctx.flush();
        }
    }

    private ByteBuf header(ChannelHandlerContext ctx, long cookie, NbdRequest request, int flags) {
        ByteBuf header = ctx.alloc().directBuffer(32);
        header.writeInt(export.extended() ? EXTENDED_REQUEST_MAGIC : REQUEST_MAGIC);
        header.writeShort(export.extended() && request.type == NbdRequest.WRITE ? flags | PAYLOAD_LENGTH : flags);
        header.writeShort(request.type).writeLong(cookie).writeLong(request.offset);
        if (export.extended()) {
            header.writeLong(request.length);
        } else {
            header.writeInt((int) request.length);
        }
        return header;
    }

    /** NBD_CMD_FLAG_PAYLOAD_LEN: with extended headers a write says that its length is that of a payload. */
    private static final int PAYLOAD_LENGTH = 1 << 5;

    /** Says goodbye; the server ends what is in flight and closes. */
    void disconnect() {
        ChannelHandlerContext ctx = context;
        if (dead == null && ctx != null) {
            dead = BlockError.of(Errno.ECANCELED, "the device is closed");
            NbdRequest goodbye = new NbdRequest(NbdRequest.DISCONNECT, 0, 0, (data, error) -> {});
            RemoteChannels.endInOrder(ctx.channel());
            var _ = ctx.writeAndFlush(header(ctx, ++lastCookie, goodbye, 0)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        ByteBuf in = (ByteBuf) message;
        try {
            String violation = dead == null ? replies.read(in) : null;
            if (violation != null) {
                fail(violation);
                var _ = ctx.close();
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail("connection lost");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail("connection lost: " + cause.getMessage());
        var _ = ctx.close();
    }

    /** Ends every request in flight; what a request's end starts anew fails at once. */
    void fail(String why) {
        if (dead == null) {
            dead = BlockError.of(Errno.ENODEV, server + ": " + why);
        }
        BlockError error = dead;
        replies.discard();
        NbdRequest[] all = inFlight.values().toArray(NbdRequest[]::new);
        inFlight.clear();
        for (NbdRequest request : all) {
            request.failed(error);
            request.end();
        }
    }

    /** For messages: what an error chunk said. */
    static String text(ByteBuf bytes) {
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }
}
