package io.quorumd.service;

import io.quorumd.service.events.EventHistory;
import io.quorumd.service.events.EventLog;
import java.time.Clock;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where events go. */
@Configuration(proxyBeanMethods = false)
class EventConfiguration {

    private static final int HISTORY = 1000;

    @Bean
    EventHistory eventHistory() {
        return new EventHistory(HISTORY);
    }

    /** Listeners hear of what happens once the service has started; the history has everything. */
    @Bean
    EventLog eventLog(EventHistory history, ConfigurableApplicationContext context) {
        return new EventLog(history, Clock.systemUTC(), event -> {
            if (context.isRunning()) {
                context.publishEvent(event);
            }
        });
    }
}
