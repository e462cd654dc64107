package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class VolumesHealthTest {

    @Test
    void eachHealthHasItsStatus() {
        assertThat(VolumesHealth.health(Statuses.healthy()).getStatus()).isEqualTo(Status.UP);
        assertThat(VolumesHealth.health(Statuses.degraded()).getStatus()).isEqualTo(VolumesHealth.DEGRADED);
        assertThat(VolumesHealth.health(Statuses.down()).getStatus()).isEqualTo(Status.DOWN);
    }

    @Test
    void itTellsMarginReasonResyncAndEachChildsFailures() {
        Health health = VolumesHealth.health(Statuses.degraded());

        assertThat(health.getDetails())
                .contains(
                        entry("margin", 0),
                        entry("vote-threshold", 2),
                        entry("quorum-failures", 7L),
                        entry("guarantee", "1 of 3 children may be lost"),
                        entry("reason", Reason.of(Statuses.degraded())),
                        entry(
                                "resync",
                                Map.of(
                                        "running", true,
                                        "paused", false,
                                        "bytes-done", 1048576L,
                                        "bytes-total", 5242880L,
                                        "bytes-per-second", 1048576L,
                                        "seconds-left", 4L,
                                        "waiting-for", "")));
        assertThat(health.getDetails().get("children"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
                .containsOnlyKeys("a", "b", "c")
                .containsEntry(
                        "c",
                        Map.of(
                                "state",
                                "suspended",
                                "reason",
                                "timed out 12 s ago; retry in 8 s",
                                "breaker",
                                "open",
                                "failures",
                                Map.of("read", 0L, "write", 1L, "flush", 2L, "vote", 3L, "timeout", 4L),
                                "stale-bytes",
                                3_328_599_654L));
    }
}
