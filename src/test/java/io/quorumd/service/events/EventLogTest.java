package io.quorumd.service.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.Operation;
import io.quorumd.quorum.QuorumEvent;
import io.quorumd.quorum.QuorumEvent.ReportBad;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private final EventHistory history = new EventHistory(2);
    private final BlockingQueue<ServiceEvent> published = new LinkedBlockingQueue<>();
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-23T10:00:00.123456Z"), ZoneOffset.UTC);

    @Test
    void eventsHaveTheShapeOfQmp() throws InterruptedException {
        try (EventLog log = new EventLog(history, clock, published::add)) {
            log.of("disk0").event(new ReportBad(Operation.READ, "EIO: bad sector", "disk0-a", 8, 16));
            log.of("disk0").event(new QuorumEvent.Failure("disk0", 8, 16));

            ServiceEvent first = published.poll(10, TimeUnit.SECONDS);

            assertThat(first)
                    .isEqualTo(new ServiceEvent(
                            1,
                            "QUORUM_REPORT_BAD",
                            Map.of(
                                    "volume", "disk0",
                                    "type", "read",
                                    "error", "EIO: bad sector",
                                    "node-name", "disk0-a",
                                    "sector-num", 8L,
                                    "sectors-count", 16L),
                            new ServiceEvent.Timestamp(1795428000, 123456)));
            assertThat(published.poll(10, TimeUnit.SECONDS))
                    .extracting(ServiceEvent::event, event -> event.data().get("reference"))
                    .containsExactly("QUORUM_FAILURE", "disk0");
        }
    }

    @Test
    void anOutvotedChildHasNoErrorText() {
        try (EventLog log = new EventLog(history, clock, published::add)) {
            log.of("disk0").event(new ReportBad(Operation.READ, null, "disk0-a", 8, 16));

            assertThat(history.list().getFirst().data()).doesNotContainKey("error");
        }
    }

    @Test
    void theHistoryKeepsTheLastEvents() {
        try (EventLog log = new EventLog(history, clock, published::add)) {
            for (ChildState state : List.of(ChildState.ANSWERING, ChildState.SUSPENDED, ChildState.FAULTED)) {
                log.of("disk0").event(new QuorumEvent.ChildChanged("disk0-a", ChildState.OPENING, state, "why"));
            }

            assertThat(history.list())
                    .extracting(event -> event.data().get("to"))
                    .containsExactly("suspended", "faulted");
        }
    }
}
