package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.service.events.ServiceEvent;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MismatchExitTest {

    private final AtomicInteger exits = new AtomicInteger();
    private final MismatchExit listener = new MismatchExit(exits::incrementAndGet);

    @Test
    void endsTheProcessOnlyWhenSoConfigured() {
        listener.on(event("QUORUM_REPORT_BAD", true));
        listener.on(event(ServiceEvent.MISMATCH, false));
        assertThat(exits).hasValue(0);

        listener.on(event(ServiceEvent.MISMATCH, true));
        assertThat(exits).hasValue(1);
    }

    private static ServiceEvent event(String name, boolean exit) {
        return new ServiceEvent(1, name, Map.of("exit", exit), new ServiceEvent.Timestamp(0, 0));
    }
}
