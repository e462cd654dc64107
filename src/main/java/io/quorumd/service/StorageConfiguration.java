package io.quorumd.service;

import io.quorumd.block.file.IoThreads;
import io.quorumd.pdu.EventLoops;
import io.quorumd.quorum.state.StateDirectory;
import io.quorumd.service.config.QuorumdProperties;
import io.quorumd.service.events.EventLog;
import java.util.concurrent.ExecutorService;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Threads and the state directory; they outlive the volumes. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    EventLoops eventLoops(QuorumdProperties properties) {
        return EventLoops.start(properties.iscsi().eventLoops());
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

    @Bean
    StateDirectory stateDirectory(QuorumdProperties properties, ExecutorService blockIo) {
        return StateDirectory.open(properties.stateDir(), blockIo);
    }

    /** The end of the loops comes first, so that it is there for volumes of which one is refused. */
    @Bean
    @DependsOn("eventLoopsEnd")
    VolumeOpener volumeOpener(
            QuorumdProperties properties,
            EventLoops loops,
            ExecutorService blockIo,
            StateDirectory states,
            EventLog events) {
        return new VolumeOpener(
                loops, blockIo, states, events, properties.iscsi().initiatorName());
    }
}
