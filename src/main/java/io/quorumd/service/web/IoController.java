package io.quorumd.service.web;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The counters of the metric {@code quorumd.volume.io}, for those who plot without a Prometheus. */
@RestController
final class IoController {

    private final MeterRegistry meters;

    IoController(MeterRegistry meters) {
        this.meters = meters;
    }

    /**
     * How much one kind of operation has been done since the start of the service.
     *
     * @param count operations that have ended
     * @param seconds the sum of their durations
     */
    record Done(long count, double seconds) {}

    /** @param volumes by name, then by operation: read, write, zeroes, update, flush */
    record Io(Map<String, Map<String, Done>> volumes) {}

    @GetMapping("/api/io")
    Io io() {
        Map<String, Map<String, Done>> volumes = new TreeMap<>();
        for (FunctionTimer timer : meters.find("quorumd.volume.io").functionTimers()) {
            volumes.computeIfAbsent(String.valueOf(timer.getId().getTag("volume")), name -> new TreeMap<>())
                    .put(
                            String.valueOf(timer.getId().getTag("op")),
                            new Done((long) timer.count(), timer.totalTime(TimeUnit.SECONDS)));
        }
        return new Io(volumes);
    }
}
