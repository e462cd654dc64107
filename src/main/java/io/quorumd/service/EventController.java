package io.quorumd.service;

import io.quorumd.service.events.EventHistory;
import io.quorumd.service.events.ServiceEvent;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** What has happened, and what is happening. */
@RestController
@RequestMapping("/api/events")
final class EventController {

    private final EventHistory history;
    private final EventStreams streams;

    EventController(EventHistory history, EventStreams streams) {
        this.history = history;
        this.streams = streams;
    }

    /** The last events, oldest first. */
    @GetMapping
    List<ServiceEvent> list() {
        return history.list();
    }

    @GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    SseEmitter stream() {
        return streams.open();
    }
}
