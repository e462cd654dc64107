package io.quorumd.block.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockDeviceContract;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.SyncDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises of every child, kept by an NBD export, whichever server it is. */
class NbdContractIT {

    private static final EventLoopGroup LOOPS = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final EventLoopStrand STRAND = new EventLoopStrand(LOOPS.next());

    @AfterAll
    static void stop() throws InterruptedException {
        LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    abstract static class Served extends BlockDeviceContract {

        private final NbdServer.Kind kind;
        private @Nullable NbdServer server;

        @TempDir
        Path folder;

        Served(NbdServer.Kind kind) {
            this.kind = kind;
        }

        @Override
        protected BlockDevice open() throws Exception {
            NbdServer started = NbdServer.start(kind, folder, SIZE);
            server = started;
            CompletableFuture<BlockDevice> opened = new CompletableFuture<>();
            new NbdConnector(STRAND, PooledByteBufAllocator.DEFAULT, Duration.ofSeconds(5))
                    .open("child", NbdUri.parse(started.uri), (device, error) -> {
                        if (device != null) {
                            opened.complete(device);
                        } else {
                            opened.completeExceptionally(new AssertionError(error));
                        }
                    });
            return opened.get(10, TimeUnit.SECONDS);
        }

        /** nbd-server knows no metadata contexts: then everything counts as data. */
        @Test
        void saysWhereHolesAreIfTheServerDoes() {
            int half = SIZE / 2;
            disk.write(half, random(4096, 1));
            boolean told = kind != NbdServer.Kind.NBD_SERVER;
            assertThat(disk.status(0, SIZE)).isEqualTo(new SyncDevice.Extent(told ? half : SIZE, !told));
            assertThat(disk.status(512, 1024)).isEqualTo(new SyncDevice.Extent(1024, !told));
            assertThat(disk.status(half, 4096)).isEqualTo(new SyncDevice.Extent(4096, true));
        }

        @AfterEach
        void stopServer() {
            if (server != null) {
                server.close();
            }
        }
    }

    @Nested
    class Nbdkit extends Served {
        Nbdkit() {
            super(NbdServer.Kind.NBDKIT);
        }
    }

    @Nested
    class NbdkitInWholeBlocks extends Served {
        NbdkitInWholeBlocks() {
            super(NbdServer.Kind.NBDKIT_STRICT);
        }
    }

    @Nested
    class QemuNbd extends Served {
        QemuNbd() {
            super(NbdServer.Kind.QEMU_NBD);
        }
    }

    @Nested
    class QemuStorageDaemon extends Served {
        QemuStorageDaemon() {
            super(NbdServer.Kind.QEMU_STORAGE_DAEMON);
        }
    }

    @Nested
    class ClassicNbdServer extends Served {
        ClassicNbdServer() {
            super(NbdServer.Kind.NBD_SERVER);
        }
    }
}
