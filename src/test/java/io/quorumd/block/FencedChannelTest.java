package io.quorumd.block;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.quorumd.pdu.EventLoops;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection to a remote disk behind a fence, as the server sees it. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
class FencedChannelTest {

    private static final int MIB = 1 << 20;
    /** More than all buffers of the kernel hold. */
    private static final int MUCH = 64;

    private final EventLoops loops;
    private final AtomicBoolean up = new AtomicBoolean();
    private final AtomicInteger received = new AtomicInteger();
    private final ServerSocket listener;
    private final Channel channel;
    private final Socket server;
    private Runnable onReceived = () -> {};

    FencedChannelTest(boolean best) throws IOException {
        loops = best ? EventLoops.start(1) : EventLoops.startNio(1);
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        channel = RemoteChannels.tcp(
                        new EventLoopStrand(loops.next(), up::get),
                        PooledByteBufAllocator.DEFAULT,
                        Duration.ofSeconds(10),
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext context, Object message) {
                                received.incrementAndGet();
                                ReferenceCountUtil.release(message);
                                onReceived.run();
                            }
                        })
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()))
                .syncUninterruptibly()
                .channel();
        server = listener.accept();
    }

    @BeforeEach
    void passesWhatIsWrittenWhileItIsDown() throws IOException {
        send("before");
        assertThat(new String(server.getInputStream().readNBytes(6), US_ASCII)).isEqualTo("before");
    }

    @AfterEach
    void close() throws IOException {
        channel.close().syncUninterruptibly();
        server.close();
        listener.close();
        loops.stop().join();
    }

    private void send(String text) {
        channel.writeAndFlush(Unpooled.copiedBuffer(text, US_ASCII)).awaitUninterruptibly();
    }

    /** The event loop stands still from the return on until the latch is opened. */
    private CountDownLatch standStill() throws InterruptedException {
        CountDownLatch stands = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        channel.eventLoop().execute(() -> {
            stands.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stands.await();
        return goOn;
    }

    @Test
    void endsInsteadOfSendingOnceTheFenceIsUp() {
        up.set(true);
        send("after");
        channel.closeFuture().syncUninterruptibly();
        assertThatThrownBy(() -> server.getInputStream().read())
                .as("reset, so that what the kernel still had is gone as well")
                .isInstanceOf(IOException.class);
    }

    @Test
    void whatWasWrittenIsNotFlushedEither() {
        var _ = channel.write(Unpooled.copiedBuffer("written", US_ASCII));
        up.set(true);
        channel.flush();
        channel.closeFuture().syncUninterruptibly();
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(IOException.class);
    }

    @Test
    void whatDidNotFitIntoTheSocketIsNotSentWhenThereIsRoomAgain() throws InterruptedException {
        ByteBuf piece = Unpooled.directBuffer(MIB).writeZero(MIB);
        for (int i = 1; i < MUCH; i++) {
            var _ = channel.write(piece.retainedDuplicate());
        }
        ChannelFuture last = channel.writeAndFlush(piece);
        CountDownLatch goOn = standStill();
        up.set(true);
        Future<Void> emptied = atServer(() -> server.getInputStream().skipNBytes((long) MUCH * MIB));
        goOn.countDown();
        assertThat(last.awaitUninterruptibly().isSuccess()).isFalse();
        assertReset(emptied);
    }

    @Test
    void takesNoAnswerThatTheServerIsHeldUpWith() throws InterruptedException {
        CountDownLatch goOn = standStill();
        Future<Void> answering = atServer(this::answerMuch);
        up.set(true);
        goOn.countDown();
        assertReset(answering);
        channel.closeFuture().syncUninterruptibly();
        assertThat(received).hasValue(0);
    }

    private void answerMuch() throws IOException {
        for (int i = 0; i < MUCH; i++) {
            server.getOutputStream().write(new byte[MIB]);
        }
    }

    @FunctionalInterface
    private interface Exchange {
        void run() throws IOException;
    }

    private static Future<Void> atServer(Exchange exchange) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            exchange.run();
            return null;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static void assertReset(Future<Void> exchange) {
        assertThatThrownBy(exchange::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class);
    }

    @Test
    void takesNoFurtherAnswerIfItStoodStillWhileItDealtWithOne() throws InterruptedException, IOException {
        onReceived = () -> up.set(true);
        CountDownLatch goOn = standStill();
        server.getOutputStream().write(new byte[16 << 10]); // several times what the first receive takes
        goOn.countDown();
        channel.closeFuture().syncUninterruptibly();
        assertThat(received).hasValue(1);
    }

    @Test
    void anOrderlyEndSendsEverythingFirst() throws IOException {
        RemoteChannels.endInOrder(channel);
        send("goodbye");
        channel.close().syncUninterruptibly();
        InputStream in = server.getInputStream();
        assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo("goodbye");
    }
}
