package io.quorumd.service;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Buffers;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.nbd.NbdConnector;
import io.quorumd.block.nbd.NbdUri;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.VolumeState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An export of an NBD server. */
record NbdChild(String nodeName, NbdUri uri, EventLoopStrand strand, Duration timeout) implements ConfiguredChild {

    @Override
    public String description() {
        return uri.toString();
    }

    @Override
    public CompletableFuture<ChildFound> find() {
        CompletableFuture<ChildFound> found = new CompletableFuture<>();
        new NbdConnector(strand, Buffers.ALLOCATOR, timeout)
                .open(nodeName, uri, (device, error) -> found(device, error, found));
        return found;
    }

    private void found(@Nullable BlockDevice device, @Nullable BlockError error, CompletableFuture<ChildFound> found) {
        if (device == null) {
            String reason = error == null ? "no answer" : error.message();
            found.complete(ChildFound.unreachable(nodeName, reason, null));
        } else {
            long size = device.size();
            device.close(closed -> found.complete(ChildFound.present(nodeName, size, null)));
        }
    }

    @Override
    public void open(VolumeState volume, ByteBufAllocator allocator, OpenCompletion done) {
        new NbdConnector(strand, allocator, timeout).open(nodeName, uri, done);
    }
}
