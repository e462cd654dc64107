package io.quorumd.service;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.file.FileDevice;
import io.quorumd.block.file.FileOptions;
import io.quorumd.block.file.FileThreads;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildPlace;
import io.quorumd.quorum.state.LocalChildPlace;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.service.config.ChildUri;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A regular file or a block device of this host. */
record LocalChild(String nodeName, ChildUri.File uri, EventLoopStrand strand, FileThreads threads)
        implements ConfiguredChild {

    @Override
    public String description() {
        return "file:" + uri.path();
    }

    @Override
    public CompletableFuture<ChildFound> find() {
        return CompletableFuture.supplyAsync(this::look, threads.executor());
    }

    private ChildFound look() {
        try (FileChannel channel = FileChannel.open(uri.path(), StandardOpenOption.READ)) {
            return ChildFound.present(nodeName, channel.size(), place());
        } catch (NoSuchFileException missing) {
            return ChildFound.missing(nodeName, file());
        } catch (IOException e) {
            return ChildFound.unreachable(nodeName, "its file cannot be opened: " + e.getMessage(), place());
        }
    }

    /** Only regular files can be made, and have a sidecar beside them. */
    @Override
    public @Nullable ChildPlace place() {
        return Files.isRegularFile(uri.path()) ? file() : null;
    }

    private ChildPlace file() {
        return uri.preallocate() ? new PreallocatedPlace(uri.path()) : new LocalChildPlace(uri.path());
    }

    @Override
    public void open(VolumeState volume, ByteBufAllocator allocator, OpenCompletion done) {
        FileDevice.open(
                nodeName,
                uri.path(),
                new FileOptions(uri.direct(), false, uri.preallocate(), strand.fence()),
                threads,
                allocator,
                done);
    }
}
