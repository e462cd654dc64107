package io.quorumd.service;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.quorumd.iscsi.IscsiServer;
import io.quorumd.service.metrics.TargetMetrics;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is measured. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    @Bean
    TargetMetrics targetMetrics(ObjectProvider<IscsiServer> server) {
        return new TargetMetrics(() -> server.getObject().sessions().size());
    }

    @Bean
    MeterBinder volumeMetrics(List<Volume> volumes) {
        return meters -> volumes.forEach(volume -> volume.metrics().bindTo(meters));
    }
}
