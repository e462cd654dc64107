package io.quorumd.service;

import io.quorumd.service.events.ServiceEvent;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The live streams that are open. Events reach them on the thread of the event log, never on a volume's. */
@Component
final class EventStreams {

    private static final int STREAMS_MAX = 100;
    private static final long NO_TIMEOUT = 0;

    private final List<SseEmitter> open = new CopyOnWriteArrayList<>();

    SseEmitter open() {
        if (open.size() >= STREAMS_MAX) {
            throw new ResponseStatusException(
                    HttpStatus.SERVICE_UNAVAILABLE, STREAMS_MAX + " event streams are open; close one.");
        }
        SseEmitter stream = new SseEmitter(NO_TIMEOUT);
        stream.onCompletion(() -> open.remove(stream));
        stream.onError(error -> open.remove(stream));
        open.add(stream);
        send(stream, SseEmitter.event().comment("open"));
        return stream;
    }

    @EventListener
    void tell(ServiceEvent event) {
        for (SseEmitter stream : open) {
            send(
                    stream,
                    SseEmitter.event()
                            .id(Long.toString(event.id()))
                            .name(event.event())
                            .data(event));
        }
    }

    private void send(SseEmitter stream, SseEmitter.SseEventBuilder event) {
        try {
            stream.send(event);
        } catch (IOException | IllegalStateException gone) {
            open.remove(stream);
        }
    }

    /** A graceful stop waits for requests in flight, and these would never end. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        open.forEach(SseEmitter::complete);
    }
}
