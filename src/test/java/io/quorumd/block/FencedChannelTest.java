package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.quorumd.pdu.EventLoops;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A connection to a remote disk behind a fence, as the server sees it. */
class FencedChannelTest {

    private final EventLoops loops = EventLoops.start(1);
    private final AtomicBoolean up = new AtomicBoolean();
    private final EventLoopStrand strand = new EventLoopStrand(loops.next(), up::get);
    private final ServerSocket listener;
    private final Channel channel;
    private final Socket server;

    FencedChannelTest() throws IOException {
        listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        channel = RemoteChannels.tcp(
                        strand,
                        PooledByteBufAllocator.DEFAULT,
                        Duration.ofSeconds(10),
                        new ChannelInboundHandlerAdapter())
                .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getLocalPort()))
                .syncUninterruptibly()
                .channel();
        server = listener.accept();
    }

    @BeforeEach
    void passesWhatIsWrittenWhileItIsDown() throws IOException {
        send("before");
        assertThat(new String(server.getInputStream().readNBytes(6), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("before");
    }

    @AfterEach
    void close() throws IOException {
        channel.close().syncUninterruptibly();
        server.close();
        listener.close();
        loops.stop().join();
    }

    private void send(String text) {
        channel.writeAndFlush(Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.US_ASCII))
                .awaitUninterruptibly();
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
        var _ = channel.write(Unpooled.copiedBuffer("written", java.nio.charset.StandardCharsets.US_ASCII));
        up.set(true);
        channel.flush();
        channel.closeFuture().syncUninterruptibly();
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(IOException.class);
    }

    @Test
    void anOrderlyEndSendsEverythingFirst() throws IOException {
        RemoteChannels.endInOrder(channel);
        send("goodbye");
        channel.close().syncUninterruptibly();
        InputStream in = server.getInputStream();
        assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("goodbye");
    }
}
