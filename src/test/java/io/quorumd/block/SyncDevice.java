package io.quorumd.block;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A device as a test wants to use it: from any thread, with byte arrays and futures, on whatever kind of strand. Every
 * completion is checked for the strand and for coming once. An error completes the future exceptionally with {@link
 * Failed}.
 */
public final class SyncDevice {

    /** A request ended with an error. */
    public static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;
        public final transient BlockError error;

        Failed(BlockError error) {
            super(error.toString());
            this.error = error;
        }
    }

    private final BlockDevice device;
    private final Strand strand;

    public SyncDevice(BlockDevice device) {
        this.device = device;
        this.strand = device.strand();
    }

    public byte[] read(long offset, int length) {
        return await(readLater(offset, length));
    }

    public CompletableFuture<byte[]> readLater(long offset, int length) {
        return submit(end -> device.read(offset, length, (data, error) -> {
            if (data != null) {
                byte[] bytes = ByteBufUtil.getBytes(data);
                data.release();
                end.good(bytes);
            } else {
                end.bad(error);
            }
        }));
    }

    public void write(long offset, byte[] bytes) {
        await(writeLater(offset, bytes, false));
    }

    public CompletableFuture<Boolean> writeLater(long offset, byte[] bytes, boolean fua) {
        return writeLater(offset, direct(bytes), fua);
    }

    /** Takes over the caller's reference to {@code source}. */
    public CompletableFuture<Boolean> writeLater(long offset, ByteBuf source, boolean fua) {
        return submit(end -> device.write(offset, source, fua, error -> {
            source.release();
            end.done(error);
        }));
    }

    public CompletableFuture<Boolean> zeroLater(long offset, long length, boolean deallocate, boolean fua) {
        return submit(end -> device.writeZeroes(offset, length, deallocate, fua, end::done));
    }

    public CompletableFuture<Boolean> updateLater(long offset, int length, Update change) {
        return submit(end -> device.update(offset, length, false, change, end::done));
    }

    public CompletableFuture<Boolean> flushLater() {
        return submit(end -> device.flush(end::done));
    }

    /** What begins at an offset. */
    public record Extent(long length, boolean allocated) {}

    public Extent status(long offset, long length) {
        return await(statusLater(offset, length));
    }

    public CompletableFuture<Extent> statusLater(long offset, long length) {
        return submit(end -> device.blockStatus(offset, length, (reach, allocated, error) -> {
            if (error == null) {
                end.good(new Extent(reach, allocated));
            } else {
                end.bad(error);
            }
        }));
    }

    public CompletableFuture<Boolean> closeLater() {
        return submit(end -> device.close(end::done));
    }

    /** Waits for the end of a request, turning the strand if that needs turning. */
    public <T> T await(CompletableFuture<T> future) {
        if (strand instanceof ManualStrand manual) {
            manual.runUntil(future::isDone);
        }
        try {
            return future.orTimeout(60, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The error a request must end with. */
    public BlockError awaitError(CompletableFuture<?> future) {
        try {
            await(future);
        } catch (Failed e) {
            return e.error;
        }
        throw new AssertionError("succeeded");
    }

    public static ByteBuf direct(byte[] bytes) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
    }

    private <T> CompletableFuture<T> submit(Consumer<End<T>> request) {
        End<T> end = new End<>();
        Runnable task = () -> {
            try {
                request.accept(end);
            } catch (RuntimeException e) {
                end.future.completeExceptionally(e);
            }
        };
        if (strand.isCurrent()) {
            task.run();
        } else {
            strand.execute(task);
        }
        return end.future;
    }

    private final class End<T> {
        private final CompletableFuture<T> future = new CompletableFuture<>();

        void good(T value) {
            check();
            future.complete(value);
        }

        void bad(@Nullable BlockError error) {
            check();
            future.completeExceptionally(
                    error == null ? new AssertionError("neither data nor error") : new Failed(error));
        }

        @SuppressWarnings("unchecked")
        void done(@Nullable BlockError error) {
            if (error == null) {
                good((T) Boolean.TRUE);
            } else {
                bad(error);
            }
        }

        private void check() {
            if (!strand.isCurrent()) {
                future.obtrudeException(new AssertionError("completed off the strand"));
            }
            if (future.isDone()) {
                future.obtrudeException(new AssertionError("completed twice"));
            }
        }
    }
}
