package io.quorumd.service.web;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The counters of {@code quorumd.volume.io} and {@code quorumd.volume.bytes}, for those who plot without a Prometheus. */
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
     * @param bytes read or written by those that succeeded; 0 for zeroes and flush
     */
    record Done(long count, double seconds, long bytes) {}

    /** @param volumes by name, then by operation: read, write, zeroes, update, flush */
    record Io(Map<String, Map<String, Done>> volumes) {}

    @GetMapping("/api/io")
    Io io() {
        Map<String, Map<String, Done>> volumes = new TreeMap<>();
        for (FunctionTimer timer : meters.find("quorumd.volume.io").functionTimers()) {
            String volume = String.valueOf(timer.getId().getTag("volume"));
            String op = String.valueOf(timer.getId().getTag("op"));
            volumes.computeIfAbsent(volume, name -> new TreeMap<>())
                    .put(op, new Done((long) timer.count(), timer.totalTime(TimeUnit.SECONDS), bytes(volume, op)));
        }
        return new Io(volumes);
    }

    private long bytes(String volume, String op) {
        FunctionCounter counter = meters.find("quorumd.volume.bytes")
                .tags("volume", volume, "op", op)
                .functionCounter();
        return counter == null ? 0 : (long) counter.count();
    }
}
