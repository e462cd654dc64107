package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.EventLoops;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens LUNs for tests that wait. */
public final class Opener implements AutoCloseable {

    static final String INITIATOR = "iqn.2026-11.io.quorumd:initiator";
    static final ByteBufAllocator POOL = PooledByteBufAllocator.DEFAULT;

    private final EventLoops loops = EventLoops.start(1);
    final EventLoopStrand strand = new EventLoopStrand(loops.next());

    static IscsiOwner owner(String volume, long generation) {
        return IscsiOwner.of(INITIATOR, volume, generation, "child");
    }

    IscsiConnector connector(String uri, @Nullable ChapAccount account, Duration timeout) {
        return new IscsiConnector(IscsiUri.parse(uri), account, strand, timeout);
    }

    /** As the volume's one writer. */
    public BlockDevice open(String uri) {
        return open(connector(uri, null, Duration.ofSeconds(5)), owner("volume", 1));
    }

    BlockDevice open(IscsiConnector connector, IscsiOwner owner) {
        Result result = attempt(connector, owner);
        if (result.device == null) {
            throw new AssertionError(result.error);
        }
        return result.device;
    }

    BlockError refusal(IscsiConnector connector, IscsiOwner owner) {
        Result result = attempt(connector, owner);
        if (result.error == null) {
            throw new AssertionError("it opened");
        }
        return result.error;
    }

    private record Result(
            @Nullable BlockDevice device, @Nullable BlockError error) {}

    private static Result attempt(IscsiConnector connector, IscsiOwner owner) {
        CompletableFuture<Result> opened = new CompletableFuture<>();
        connector.open("child", owner, POOL, (device, error) -> opened.complete(new Result(device, error)));
        return opened.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        loops.stop().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
