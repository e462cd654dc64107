package io.quorumd.service.events;

import io.quorumd.quorum.QuorumEvent;
import io.quorumd.quorum.QuorumListener;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes events on the volumes' strands, without waiting for anything, and hands them on by a thread of its own: to the
 * log and to the application. When that thread falls far behind, events are missing there; the history has them.
 */
public final class EventLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.quorumd.events");
    private static final int BURST = 10;
    private static final int WAITING_MAX = 10_000;

    private final EventHistory history;
    private final Clock clock;
    private final Consumer<ServiceEvent> application;
    private final BlockingQueue<ServiceEvent> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final LogRate rate = new LogRate(BURST);
    private final AtomicLong ids = new AtomicLong();
    private final Thread thread;

    /** @param application called on the thread of this class, one event at a time */
    public EventLog(EventHistory history, Clock clock, Consumer<ServiceEvent> application) {
        this.history = history;
        this.clock = clock;
        this.application = application;
        this.thread = Thread.ofVirtual().name("events").start(this::handOn);
    }

    /** What a volume's device tells its events to. */
    public QuorumListener of(String volume) {
        return event -> accept(volume, event);
    }

    private void accept(String volume, QuorumEvent event) {
        ServiceEvent stamped = ServiceEvent.of(ids.incrementAndGet(), volume, event, clock.instant());
        history.add(stamped);
        waiting.offer(stamped);
    }

    private void handOn() {
        try {
            while (true) {
                ServiceEvent event = waiting.take();
                log(event);
                application.accept(event);
            }
        } catch (InterruptedException closed) {
            waiting.forEach(this::log);
        }
    }

    private void log(ServiceEvent event) {
        Object child = event.data().get("node-name");
        String subject =
                event.event() + " " + (child != null ? child : event.data().get("volume"));
        long omitted = rate.admit(subject, System.nanoTime());
        if (omitted >= 0) {
            String more = omitted == 0 ? "" : " (" + omitted + " such lines left out before)";
            LOG.atLevel(level(event)).log("{} {}{}", event.event(), event.data(), more);
        }
    }

    private static Level level(ServiceEvent event) {
        Object state = event.data().get("to");
        return switch (event.event()) {
            case "QUORUM_FAILURE" -> Level.ERROR;
            case "QUORUM_CHILD_CHANGED" ->
                "faulted".equals(state) || "suspended".equals(state) ? Level.WARN : Level.INFO;
            default -> Level.WARN;
        };
    }

    /** Logs what is still waiting. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
