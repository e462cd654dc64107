package io.quorumd.service;

import io.quorumd.block.Fence;
import io.quorumd.block.file.IoThreads;
import io.quorumd.pdu.EventLoops;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.service.config.IscsiProperties;
import io.quorumd.service.config.QuorumdProperties;
import io.quorumd.service.events.EventLog;
import io.quorumd.service.lease.HeldLease;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Threads, the Lease and the state directory; they outlive the volumes. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    EventLoops eventLoops(QuorumdProperties properties) {
        IscsiProperties iscsi = properties.iscsi();
        return EventLoops.start(iscsi.eventLoops(), iscsi.busyPollInForce());
    }

    /** Ends the event loops when nothing uses them any more. */
    @Bean
    DisposableBean eventLoopsEnd(EventLoops loops) {
        return () -> loops.stop().join();
    }

    @Bean(destroyMethod = "shutdown")
    ExecutorService blockIo() {
        return IoThreads.newExecutor();
    }

    /** What everything that reaches a disk stands behind. */
    @Bean
    Fence fence(QuorumdProperties properties, @Nullable HeldLease lease) {
        if (lease == null && properties.lease().isWanted()) {
            throw new IllegalStateException("started without its Lease");
        }
        return lease == null ? Fence.NONE : lease.fence();
    }

    @Bean
    OpenVolumes openVolumes() {
        return new OpenVolumes();
    }

    /** A Lease goes back once everything is closed that it guards. */
    @Bean
    DisposableBean leaseEnd(OpenVolumes open, @Nullable HeldLease lease) {
        return () -> {
            if (lease != null) {
                if (open.isNone()) {
                    lease.release();
                } else {
                    lease.abandon();
                }
            }
        };
    }

    @Bean
    @DependsOn("leaseEnd")
    StateDirectory stateDirectory(QuorumdProperties properties, ExecutorService blockIo, Fence fence) {
        return StateDirectory.open(properties.stateDir(), blockIo, fence);
    }

    /** The end of the loops comes first, so that it is there for volumes of which one is refused. */
    @Bean
    @DependsOn("eventLoopsEnd")
    VolumeOpener volumeOpener(
            QuorumdProperties properties,
            EventLoops loops,
            ExecutorService blockIo,
            StateDirectory states,
            EventLog events,
            Fence fence,
            OpenVolumes open) {
        return new VolumeOpener(
                loops, blockIo, states, events, properties.iscsi().initiatorName(), fence, open);
    }
}
