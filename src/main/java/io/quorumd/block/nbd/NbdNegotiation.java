package io.quorumd.block.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fixed newstyle negotiation from the client's side, up to NBD_OPT_GO. Says once how it ended and takes itself out of
 * the pipeline; whatever the server sent beyond it goes to the next handler.
 */
final class NbdNegotiation extends ByteToMessageDecoder {

    /** Told once, on the channel's event loop. */
    interface Outcome {
        void agreed(NbdExport export);

        void refused(BlockError why);
    }

    private static final long MAGIC = 0x4e42444d41474943L;
    private static final long OPTION_MAGIC = 0x49484156454f5054L;
    private static final long REPLY_MAGIC = 0x3e889045565a9L;
    private static final int FIXED_NEWSTYLE = 1;
    private static final int NO_ZEROES = 2;

    private static final int STARTTLS = 5;
    private static final int GO = 7;
    private static final int STRUCTURED_REPLY = 8;
    private static final int SET_META_CONTEXT = 10;
    private static final int EXTENDED_HEADERS = 11;

    private static final int ACK = 1;
    private static final int INFO = 3;
    private static final int META_CONTEXT = 4;
    private static final int ERROR = 0x80000000;
    private static final int ERROR_UNSUPPORTED = ERROR + 1;
    private static final int INFO_EXPORT = 0;
    private static final int INFO_BLOCK_SIZE = 3;

    /** A server's option reply is a few bytes and a message for people; more than this is no NBD server. */
    private static final int REPLY_BYTES_MAX = 64 * 1024;

    private static final int DEFAULT_PAYLOAD_MAX = 32 << 20;
    private static final byte[] ALLOCATION = "base:allocation".getBytes(StandardCharsets.US_ASCII);

    private final NbdUri uri;
    private final @Nullable SslContext tls;
    private final Outcome outcome;
    /** The option that was asked last; 0 before the greeting. */
    private int asked;

    private boolean structured;
    private boolean extended;
    private boolean allocation;
    private long size = -1;
    private int flags;
    private int minimumBlock = 1;
    private int preferredBlock = 4096;
    private int maximumPayload = DEFAULT_PAYLOAD_MAX;
    private boolean over;

    NbdNegotiation(NbdUri uri, @Nullable SslContext tls, Outcome outcome) {
        this.uri = uri;
        this.tls = tls;
        this.outcome = outcome;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (over) {
            return;
        }
        if (asked == 0) {
            if (in.readableBytes() >= 18) {
                greeting(ctx, in);
            }
        } else if (in.readableBytes() >= 20) {
            int length = in.getInt(in.readerIndex() + 16);
            if (in.getLong(in.readerIndex()) != REPLY_MAGIC || length < 0 || length > REPLY_BYTES_MAX) {
                refuse(ctx, "sent an option reply that is none; is this an NBD server?");
            } else if (in.readableBytes() >= 20 + length) {
                int option = in.getInt(in.readerIndex() + 8);
                int type = in.getInt(in.readerIndex() + 12);
                ByteBuf data = in.skipBytes(20).readSlice(length);
                if (option == asked) {
                    reply(ctx, type, data);
                } else {
                    refuse(ctx, "answered option " + option + " when asked " + asked);
                }
            }
        }
    }

    private void greeting(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.readLong() != MAGIC || in.readLong() != OPTION_MAGIC) {
            refuse(ctx, "does not speak newstyle NBD");
            return;
        }
        int server = in.readUnsignedShort();
        if ((server & FIXED_NEWSTYLE) == 0) {
            refuse(ctx, "does not offer fixed newstyle negotiation");
            return;
        }
        var _ = ctx.write(ctx.alloc().buffer(4).writeInt(FIXED_NEWSTYLE | (server & NO_ZEROES)));
        ask(ctx, tls != null ? STARTTLS : EXTENDED_HEADERS);
    }

    private void ask(ChannelHandlerContext ctx, int option) {
        asked = option;
        ByteBuf data = ctx.alloc().buffer();
        if (option == GO || option == SET_META_CONTEXT) {
            byte[] name = uri.export().getBytes(StandardCharsets.UTF_8);
            data.writeInt(name.length).writeBytes(name);
        }
        if (option == GO) {
            data.writeShort(1).writeShort(INFO_BLOCK_SIZE);
        } else if (option == SET_META_CONTEXT) {
            data.writeInt(1).writeInt(ALLOCATION.length).writeBytes(ALLOCATION);
        }
        ByteBuf request = ctx.alloc()
                .buffer(16 + data.readableBytes())
                .writeLong(OPTION_MAGIC)
                .writeInt(option)
                .writeInt(data.readableBytes())
                .writeBytes(data);
        data.release();
        var _ = ctx.writeAndFlush(request);
    }

    private void reply(ChannelHandlerContext ctx, int type, ByteBuf data) {
        switch (asked) {
            case STARTTLS -> startTls(ctx, type, data);
            case EXTENDED_HEADERS -> {
                extended = type == ACK;
                structured = extended;
                ask(ctx, extended ? SET_META_CONTEXT : STRUCTURED_REPLY);
            }
            case STRUCTURED_REPLY -> {
                structured = type == ACK;
                ask(ctx, structured ? SET_META_CONTEXT : GO);
            }
            case SET_META_CONTEXT -> {
                // One reply for the context, if the server has it; then the end, or what stands against it.
                allocation |= type == META_CONTEXT;
                if (type != META_CONTEXT) {
                    ask(ctx, GO);
                }
            }
            default -> go(ctx, type, data);
        }
    }

    private void startTls(ChannelHandlerContext ctx, int type, ByteBuf data) {
        if (type != ACK || tls == null) {
            refuse(ctx, "refused TLS" + said(type, data));
            return;
        }
        String name = uri.tlsHostname() != null ? uri.tlsHostname() : uri.host();
        SslHandler handler = name == null ? tls.newHandler(ctx.alloc()) : tls.newHandler(ctx.alloc(), name, uri.port());
        ctx.pipeline().addFirst(handler);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                ask(ctx, EXTENDED_HEADERS);
            } else {
                refuse(ctx, "TLS handshake: " + handshake.cause().getMessage());
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void go(ChannelHandlerContext ctx, int type, ByteBuf data) {
        if (type == INFO) {
            info(ctx, data);
        } else if (type != ACK) {
            refuse(ctx, "refused the export '" + uri.export() + "'" + said(type, data));
        } else if (size < 0) {
            refuse(ctx, "did not say how large the export is");
        } else {
            over = true;
            NbdExport export = new NbdExport(
                    size, flags, minimumBlock, preferredBlock, maximumPayload, structured, extended, allocation);
            outcome.agreed(export);
            ctx.pipeline().remove(this);
        }
    }

    private void info(ChannelHandlerContext ctx, ByteBuf data) {
        int kind = data.readableBytes() >= 2 ? data.readUnsignedShort() : -1;
        if (kind == INFO_EXPORT && data.readableBytes() == 10) {
            size = data.readLong();
            flags = data.readUnsignedShort();
        } else if (kind == INFO_BLOCK_SIZE && data.readableBytes() == 12) {
            minimumBlock = data.readInt();
            preferredBlock = data.readInt();
            // NBD: 0xffffffff is "no limit"; and nobody may ask more than the block layer sends anyway.
            int most = data.readInt();
            maximumPayload = most <= 0 ? DEFAULT_PAYLOAD_MAX : Math.min(most, DEFAULT_PAYLOAD_MAX);
            if (Integer.bitCount(minimumBlock) != 1 || minimumBlock > 65536 || maximumPayload < minimumBlock) {
                refuse(ctx, "sent absurd block sizes: minimum " + minimumBlock + ", maximum " + most);
            }
        }
    }

    private static String said(int type, ByteBuf data) {
        String message = new String(ByteBufUtil.getBytes(data), StandardCharsets.UTF_8);
        String code = type == ERROR_UNSUPPORTED ? "not supported" : "error " + (type & ~ERROR);
        return ": " + code + (message.isBlank() ? "" : " (" + message.strip() + ")");
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        if (!over) {
            over = true;
            outcome.refused(BlockError.of(Errno.ENODEV, uri + " " + why));
            var _ = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refuse(ctx, String.valueOf(cause.getMessage()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        refuse(ctx, "closed the connection during negotiation");
    }
}
