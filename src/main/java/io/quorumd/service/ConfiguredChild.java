package io.quorumd.service;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.block.file.FileThreads;
import io.quorumd.block.iscsi.IscsiConnector;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildPlace;
import io.quorumd.quorum.state.VolumeState;
import io.quorumd.service.config.ChildProperties;
import io.quorumd.service.config.ChildUri;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A child as configured: how it is found when the volume starts, and how it is opened, then and after a loss. */
sealed interface ConfiguredChild permits LocalChild, NbdChild, IscsiChild {

    /**
     * @param property name of the child's group of properties
     * @param initiatorName by which we log in to targets
     * @param strand the volume's
     * @param timeout for connecting
     * @param threads of the volume, for files
     */
    static ConfiguredChild of(
            String property,
            ChildProperties child,
            String initiatorName,
            EventLoopStrand strand,
            Duration timeout,
            FileThreads threads) {
        return switch (ChildUri.parse(property + ".uri", child.uri())) {
            case ChildUri.File file -> new LocalChild(child.nodeName(), file, strand, threads);
            case ChildUri.Nbd nbd -> new NbdChild(child.nodeName(), nbd.uri(), strand, timeout);
            case ChildUri.Iscsi iscsi -> {
                ChapAccount account = ConfiguredAccess.account(property + ".credentials", child.credentials());
                IscsiConnector connector = new IscsiConnector(iscsi.uri(), account, strand, timeout);
                yield new IscsiChild(child.nodeName(), iscsi.uri(), initiatorName, strand, connector);
            }
        };
    }

    String nodeName();

    /** The volume's. */
    EventLoopStrand strand();

    /** Where it is, for people, without secrets. */
    String description();

    /** Where it lies when it is a regular file, by which it is recognised; otherwise null. */
    default @Nullable ChildPlace place() {
        return null;
    }

    /** Whether it is there, and how long. Called off the strand; always completes with an answer. */
    CompletableFuture<ChildFound> find();

    /**
     * Called on the strand.
     *
     * @param volume the state of the volume that it belongs to
     */
    void open(VolumeState volume, ByteBufAllocator allocator, OpenCompletion done);
}
