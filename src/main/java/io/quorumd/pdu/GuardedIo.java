package io.quorumd.pdu;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AttributeKey;
import java.nio.channels.SelectableChannel;
import java.util.function.BooleanSupplier;

/**
 * Closes a channel with a {@link #GUARD}, in place of sending or receiving on it, when its socket has become ready and the
 * guard says so. Handlers of its pipeline cannot: what is received, or sent because a full socket has room again, is
 * so before any of them hears of it.
 */
@SuppressWarnings("try") // IoHandle.close may throw anything
final class GuardedIo implements IoHandler {

    /** Whether the channel is to be closed. Asked on its event loop, for every event. */
    static final AttributeKey<BooleanSupplier> GUARD = AttributeKey.valueOf(GuardedIo.class, "GUARD");

    private final IoHandler io;

    private GuardedIo(IoHandler io) {
        this.io = io;
    }

    static IoHandlerFactory of(IoHandlerFactory factory) {
        return executor -> new GuardedIo(factory.newHandler(executor));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return io.register(guarded(handle));
    }

    private static IoHandle guarded(IoHandle handle) {
        if (handle instanceof Channel.Unsafe transport) {
            Channel channel = transport.voidPromise().channel();
            BooleanSupplier guard = channel.attr(GUARD).get();
            if (guard != null) {
                return switch (handle) {
                    case EpollIoHandle epoll -> new OfEpoll(epoll, transport, guard);
                    case NioIoHandle nio -> new OfNio(nio, transport, guard);
                    default -> throw new IllegalArgumentException("cannot be guarded: " + channel);
                };
            }
        }
        return handle;
    }

    @Override
    public void initialize() {
        io.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return io.run(context);
    }

    @Override
    public void wakeup() {
        io.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return io.isCompatible(type);
    }

    @Override
    public void prepareToDestroy() {
        io.prepareToDestroy();
    }

    @Override
    public void destroy() {
        io.destroy();
    }

    private abstract static class Guarded<H extends IoHandle> implements IoHandle {
        final H handle;
        private final Channel.Unsafe transport;
        private final BooleanSupplier guard;

        Guarded(H handle, Channel.Unsafe transport, BooleanSupplier guard) {
            this.handle = handle;
            this.transport = transport;
            this.guard = guard;
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (guard.getAsBoolean()) {
                transport.close(transport.voidPromise());
            } else {
                handle.handle(registration, event);
            }
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }
    }

    private static final class OfEpoll extends Guarded<EpollIoHandle> implements EpollIoHandle {
        OfEpoll(EpollIoHandle epoll, Channel.Unsafe transport, BooleanSupplier guard) {
            super(epoll, transport, guard);
        }

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }
    }

    private static final class OfNio extends Guarded<NioIoHandle> implements NioIoHandle {
        OfNio(NioIoHandle nio, Channel.Unsafe transport, BooleanSupplier guard) {
            super(nio, transport, guard);
        }

        @Override
        public SelectableChannel selectableChannel() {
            return handle.selectableChannel();
        }
    }
}
