package io.quorumd.service;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.EventLoopStrand;
import io.quorumd.block.OpenCompletion;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildPlace;
import io.quorumd.service.config.ChildProperties;
import io.quorumd.service.config.ChildUri;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A child as configured: how it is found when the volume starts, and how it is opened, then and after a loss. */
sealed interface ConfiguredChild permits LocalChild, NbdChild {

    /**
     * @param strand the volume's
     * @param timeout for connecting
     * @param io threads that may wait for disks
     */
    static ConfiguredChild of(ChildProperties child, EventLoopStrand strand, Duration timeout, Executor io) {
        return switch (ChildUri.parse(child.nodeName() + ".uri", child.uri())) {
            case ChildUri.File file -> new LocalChild(child.nodeName(), file, strand, io);
            case ChildUri.Nbd nbd -> new NbdChild(child.nodeName(), nbd.uri(), strand, timeout);
        };
    }

    String nodeName();

    /** Where it is, for people, without secrets. */
    String description();

    /** Where it lies when it is a regular file, by which it is recognised; otherwise null. */
    @Nullable
    ChildPlace place();

    /** Whether it is there, and how long. Called off the strand; always completes with an answer. */
    CompletableFuture<ChildFound> find();

    /** Called on the strand. */
    void open(ByteBufAllocator allocator, OpenCompletion done);
}
