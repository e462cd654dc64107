package io.quorumd.service;

import io.quorumd.iscsi.IscsiServer;
import io.quorumd.iscsi.TargetNode;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the iSCSI server last and stops it first: initiators see only a service that is whole. */
final class IscsiLifecycle implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(IscsiLifecycle.class);

    /** How long commands in flight may take to end once the stop has begun. */
    private static final Duration DRAIN = Duration.ofSeconds(4);

    private final IscsiServer server;
    private volatile boolean running;

    IscsiLifecycle(IscsiServer server) {
        this.server = server;
    }

    @Override
    public void start() {
        server.start();
        running = true;
        LOG.info(
                "targets {} on {}",
                server.targets().stream().map(TargetNode::name).sorted().toList(),
                server.addresses());
    }

    @Override
    public void stop(Runnable done) {
        running = false;
        var _ = server.stop(DRAIN).whenComplete((drained, never) -> {
            LOG.info("no initiator is connected any more");
            done.run();
        });
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
