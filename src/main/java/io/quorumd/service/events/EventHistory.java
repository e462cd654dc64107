package io.quorumd.service.events;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last events, oldest first. Any thread. */
public final class EventHistory {

    private final int capacity;
    private final Deque<ServiceEvent> events = new ArrayDeque<>();

    /** @param capacity how many are kept */
    public EventHistory(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(ServiceEvent event) {
        if (events.size() == capacity) {
            events.removeFirst();
        }
        events.addLast(event);
    }

    public synchronized List<ServiceEvent> list() {
        return List.copyOf(events);
    }
}
