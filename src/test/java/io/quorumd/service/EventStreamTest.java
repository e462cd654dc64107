package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.QuorumEvent;
import io.quorumd.service.events.EventLog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EventStreamTest {

    @TempDir
    Path folder;

    /** The stream ends with the service: a graceful stop does not wait for it. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void eventsAreStreamedUntilTheServiceStops() throws IOException, InterruptedException {
        List<String> lines;
        try (HttpClient client = HttpClient.newHttpClient()) {
            Service service = Service.start(folder, "--spring.lifecycle.timeout-per-shutdown-phase=50s");
            HttpResponse<Stream<String>> stream = client.send(
                    service.request("/api/events/stream")
                            .timeout(Duration.ofSeconds(30))
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            service.context().getBean(EventLog.class).of("disk0").event(new QuorumEvent.Failure("disk0", 8, 16));
            var received = stream.body().iterator();
            String line = received.next();
            while (!line.startsWith("data:")) {
                line = received.next();
            }
            lines = List.of(line);
            service.close();
            received.forEachRemaining(rest -> {});
        }

        assertThat(lines.getFirst())
                .contains("\"event\":\"QUORUM_FAILURE\"")
                .contains("\"sector-num\":8")
                .contains("\"microseconds\":");
    }
}
