package io.quorumd.service;

import io.quorumd.service.events.ServiceEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** {@code on-mismatch: exit}: the process ends with status 1, in order, as QEMU's does. */
@Component
final class MismatchExit {

    private final Runnable exit;

    MismatchExit() {
        // Not on the event log's thread, which the stop waits for.
        this(() -> Thread.ofPlatform().name("mismatch-exit").start(() -> System.exit(1)));
    }

    MismatchExit(Runnable exit) {
        this.exit = exit;
    }

    @EventListener
    void on(ServiceEvent event) {
        if (event.event().equals(ServiceEvent.MISMATCH)
                && Boolean.TRUE.equals(event.data().get("exit"))) {
            exit.run();
        }
    }
}
