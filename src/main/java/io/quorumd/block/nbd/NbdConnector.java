package io.quorumd.block.nbd;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.RemoteChannels;
import io.quorumd.block.RemoteDevice;
import io.quorumd.block.Strand.Timer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connects to an export and negotiates; what comes out is a {@link RemoteDevice} on the given event loop. */
public final class NbdConnector {

    private final EventLoopStrand strand;
    private final ByteBufAllocator allocator;
    private final Duration timeout;

    /**
     * @param strand the event loop that will own the connection and the device
     * @param timeout for connecting and negotiating together, and for the requests in flight when the device is closed
     */
    public NbdConnector(EventLoopStrand strand, ByteBufAllocator allocator, Duration timeout) {
        this.strand = strand;
        this.allocator = allocator;
        this.timeout = timeout;
    }

    /** Opens {@code uri} for reading and writing, under {@code name}; {@code done} runs on the event loop. */
    public void open(String name, NbdUri uri, OpenCompletion done) {
        SslContext tls;
        try {
            tls = uri.tls() ? tls(uri) : null;
        } catch (SSLException | IllegalArgumentException e) {
            strand.execute(() -> done.completed(
                    null, BlockError.of(Errno.EINVAL, uri + ": cannot use the TLS certificates: " + e.getMessage())));
            return;
        }
        Attempt attempt = new Attempt(name, uri, done);
        strand.execute(() -> attempt.start(tls));
    }

    private static SslContext tls(NbdUri uri) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .clientAuth(ClientAuth.OPTIONAL)
                .endpointIdentificationAlgorithm("HTTPS");
        Path folder = uri.certificates();
        if (folder != null) {
            builder.trustManager(folder.resolve("ca-cert.pem").toFile());
            Path certificate = folder.resolve("client-cert.pem");
            if (Files.exists(certificate)) {
                builder.keyManager(
                        certificate.toFile(), folder.resolve("client-key.pem").toFile());
            }
        }
        return builder.build();
    }

    /** One attempt, ended once: by the server's word, by its silence, or by the network. */
    private final class Attempt implements NbdNegotiation.Outcome {
        private final String name;
        private final NbdUri uri;
        private final OpenCompletion done;
        private @Nullable Channel channel;
        private @Nullable Timer timer;
        private boolean ended;

        Attempt(String name, NbdUri uri, OpenCompletion done) {
            this.name = name;
            this.uri = uri;
            this.done = done;
        }

        void start(@Nullable SslContext tls) {
            timer = strand.schedule(
                    () -> refused(BlockError.of(
                            Errno.ETIMEDOUT, uri + " did not answer within " + timeout.toMillis() + " ms")),
                    timeout.toNanos());
            ChannelHandler negotiation = new NbdNegotiation(uri, tls, this);
            Bootstrap bootstrap = uri.socket() != null
                    ? RemoteChannels.unix(strand, allocator, timeout, negotiation)
                    : RemoteChannels.tcp(strand, allocator, timeout, negotiation);
            ChannelFuture connecting = bootstrap.connect(uri.address());
            channel = connecting.channel();
            connecting.addListener(connected -> {
                if (!connected.isSuccess()) {
                    refused(BlockError.of(
                            Errno.ENODEV,
                            "cannot connect to " + uri + ": "
                                    + connected.cause().getMessage()));
                }
            });
        }

        @Override
        public void agreed(NbdExport export) {
            Channel connection = channel;
            String problem = unusable(export);
            if (problem != null || connection == null) {
                refused(BlockError.of(Errno.EINVAL, uri + " " + problem));
                return;
            }
            if (end()) {
                NbdTransmission transmission = new NbdTransmission(uri.toString(), export, allocator);
                connection.pipeline().addLast(transmission);
                NbdBlocks blocks = new NbdBlocks(transmission, export);
                done.completed(new RemoteDevice(name, blocks, strand, allocator, timeout.toNanos()), null);
            }
        }

        private static @Nullable String unusable(NbdExport export) {
            if (export.has(NbdExport.FLAG_READ_ONLY)) {
                return "is exported read-only; a child must be writable";
            }
            if (!export.has(NbdExport.FLAG_SEND_FLUSH)) {
                return "does not offer flush, so that nothing written to it would ever be known to be safe";
            }
            return null;
        }

        @Override
        public void refused(BlockError why) {
            if (end()) {
                done.completed(null, why);
            }
            if (channel != null) {
                var _ = channel.close();
            }
        }

        private boolean end() {
            if (ended) {
                return false;
            }
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
            return true;
        }
    }
}
