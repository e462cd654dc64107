package io.quorumd.block.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.EventLoopStrand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with real NBD servers; what goes right is {@link NbdContractIT}'s. */
class NbdDeviceIT {

    private static final int SIZE = 4 << 20;
    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final EventLoopStrand STRAND = new EventLoopStrand(LOOPS.next());
    private static final ByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

    @TempDir
    Path folder;

    @AfterAll
    static void stop() throws InterruptedException {
        LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void everyRequestInFlightEndsWhenTheServerIsKilled() throws Exception {
        try (NbdServer server = NbdServer.nbdkit("nbd", folder, "--filter=delay", "memory", "4M", "wdelay=60")) {
            BlockDevice device = open(server.uri);
            List<CompletableFuture<BlockError>> writes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                CompletableFuture<BlockError> write = new CompletableFuture<>();
                int at = i;
                STRAND.execute(() -> write(device, at * 4096L, new byte[4096], false, write));
                writes.add(write);
            }
            assertThat(read(device, 0, 4096)).isEqualTo(new byte[4096]);
            server.kill();
            for (CompletableFuture<BlockError> write : writes) {
                assertThat(write.get(10, TimeUnit.SECONDS))
                        .extracting(BlockError::code)
                        .isEqualTo(Errno.ENODEV);
            }
            assertThat(attempt(done -> device.flush(done::complete)))
                    .map(BlockError::code)
                    .contains(Errno.ENODEV);
        }
    }

    @Test
    void serverErrorsArriveAsWhatTheyAre() throws Exception {
        try (NbdServer server = NbdServer.nbdkit(
                "nbd", folder, "--filter=error", "memory", "4M", "error-pwrite=ENOSPC", "error-pwrite-rate=100%")) {
            BlockDevice device = open(server.uri);
            assertThat(attempt(done -> write(device, 0, new byte[512], false, done)))
                    .map(BlockError::code)
                    .contains(Errno.ENOSPC);
            assertThat(read(device, 0, 512)).isEqualTo(new byte[512]);
        }
    }

    @Test
    void refusalsNameTheServerAndTheReason() throws Exception {
        try (NbdServer server = NbdServer.nbdkit("nbd", folder, "-r", "memory", "4M")) {
            assertThat(refusal(server.uri).message()).contains(server.uri).contains("read-only");
        }
        assertThat(refusal("nbd://127.0.0.1:1/x").message()).contains("cannot connect to nbd://127.0.0.1:1/x");
        try (NbdServer server = NbdServer.start(NbdServer.Kind.QEMU_NBD, folder, SIZE)) {
            assertThat(refusal(server.uri.replace("disk", "other")).message()).contains("refused the export 'other'");
        }
    }

    private static BlockError refusal(String uri) throws Exception {
        CompletableFuture<BlockError> refused = new CompletableFuture<>();
        connector().open("child", NbdUri.parse(uri), (device, error) -> refused.complete(error));
        return refused.get(10, TimeUnit.SECONDS);
    }

    private static NbdConnector connector() {
        return new NbdConnector(STRAND, POOL, Duration.ofSeconds(5));
    }

    private static BlockDevice open(String uri) throws Exception {
        CompletableFuture<BlockDevice> opened = new CompletableFuture<>();
        connector().open("child", NbdUri.parse(uri), (device, error) -> {
            if (device != null) {
                opened.complete(device);
            } else {
                opened.completeExceptionally(new AssertionError(error));
            }
        });
        return opened.get(10, TimeUnit.SECONDS);
    }

    private static void write(
            BlockDevice device, long offset, byte[] bytes, boolean fua, CompletableFuture<BlockError> done) {
        ByteBuf source = POOL.directBuffer(bytes.length).writeBytes(bytes);
        device.write(offset, source, fua, error -> {
            source.release();
            done.complete(error);
        });
    }

    private static byte[] read(BlockDevice device, long offset, int length) throws Exception {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        STRAND.execute(() -> device.read(offset, length, (data, error) -> {
            if (data == null) {
                result.completeExceptionally(new AssertionError(error));
                return;
            }
            byte[] bytes = new byte[data.readableBytes()];
            data.readBytes(bytes).release();
            result.complete(bytes);
        }));
        return result.get(20, TimeUnit.SECONDS);
    }

    private interface Step {
        void run(CompletableFuture<BlockError> done);
    }

    private static Optional<BlockError> attempt(Step step) throws Exception {
        CompletableFuture<BlockError> done = new CompletableFuture<>();
        STRAND.execute(() -> step.run(done));
        return Optional.ofNullable(done.get(20, TimeUnit.SECONDS));
    }
}
