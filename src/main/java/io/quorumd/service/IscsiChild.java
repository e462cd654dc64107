package io.quorumd.service;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.Buffers;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.iscsi.IscsiConnector;
import io.quorumd.block.iscsi.IscsiOwner;
import io.quorumd.block.iscsi.IscsiUri;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.VolumeState;
import java.util.concurrent.CompletableFuture;

/** A LUN of an iSCSI target. */
record IscsiChild(String nodeName, IscsiUri uri, String initiatorName, EventLoopStrand strand, IscsiConnector connector)
        implements ConfiguredChild {

    @Override
    public String description() {
        return uri.toString();
    }

    @Override
    public CompletableFuture<ChildFound> find() {
        CompletableFuture<ChildFound> found = new CompletableFuture<>();
        connector.look(initiatorName, Buffers.ALLOCATOR, (size, error) -> {
            found.complete(
                    error == null
                            ? ChildFound.present(nodeName, size, null)
                            : ChildFound.unreachable(nodeName, error.message(), null));
        });
        return found;
    }

    /** As whoever the volume is in all the world, in this start of it. */
    @Override
    public void open(VolumeState volume, ByteBufAllocator allocator, OpenCompletion done) {
        IscsiOwner owner = IscsiOwner.of(initiatorName, volume.identity().wwn(), volume.generation(), nodeName);
        connector.open(nodeName, owner, allocator, done);
    }
}
