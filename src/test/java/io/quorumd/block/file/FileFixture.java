package io.quorumd.block.file;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.SyncDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Opens and creates files for tests, synchronously, on one strand. */
final class FileFixture {

    /** Where memory is a file system; what is on it is served without threads. */
    static final Path MEMORY = Path.of("/dev/shm");

    /** Where it is not. */
    static final Path DISK = Path.of(System.getProperty("java.io.tmpdir"));

    static final ExecutorService IO = IoThreads.newExecutor();

    private record Opened(
            @Nullable BlockDevice device, @Nullable BlockError error) {}

    final ManualStrand strand = new ManualStrand();
    private final FileThreads threads = new FileThreads(strand, IO);

    /** Whether {@link #DISK} is one: some hosts keep temporary files in memory. */
    static boolean hasDisk() throws IOException {
        return !Files.getFileStore(DISK).type().equals("tmpfs");
    }

    BlockDevice open(Path path, FileOptions options) {
        return opened(tryOpen(path, options));
    }

    BlockError refusal(Path path, FileOptions options) {
        Opened opened = tryOpen(path, options);
        if (opened.error == null) {
            throw new AssertionError("opened");
        }
        return opened.error;
    }

    /** With threads of the test's own. */
    SyncDevice open(Path path, FileThreads of) {
        return open(path, of, PooledByteBufAllocator.DEFAULT);
    }

    SyncDevice open(Path path, FileThreads of, ByteBufAllocator allocator) {
        return new SyncDevice(opened(tryOpen(path, FileOptions.DEFAULT, of, allocator)));
    }

    private static BlockDevice opened(Opened opened) {
        if (opened.device == null) {
            throw new AssertionError(String.valueOf(opened.error));
        }
        return opened.device;
    }

    private Opened tryOpen(Path path, FileOptions options) {
        return tryOpen(path, options, threads, PooledByteBufAllocator.DEFAULT);
    }

    private Opened tryOpen(Path path, FileOptions options, FileThreads of, ByteBufAllocator allocator) {
        CompletableFuture<Opened> end = new CompletableFuture<>();
        FileDevice.open(
                path.getFileName().toString(),
                path,
                options,
                of,
                allocator,
                (device, error) -> end.complete(new Opened(device, error)));
        strand.runUntil(end::isDone);
        return end.join();
    }

    @Nullable
    BlockError create(Path path, long size, boolean preallocate) {
        return FileCreation.create(path, size, preallocate);
    }
}
