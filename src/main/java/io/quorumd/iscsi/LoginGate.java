package io.quorumd.iscsi;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections that have no session with a target: those that are not logged in, and discovery sessions. One too
 * many, and the oldest of the source that holds most has to go, so that nobody keeps others out. Thread-safe.
 */
final class LoginGate {

    private static final Logger LOG = LoggerFactory.getLogger(LoginGate.class);

    private final int limit;
    private final int limitPerSource;
    private final Map<Source, Set<IscsiConnection>> waiting = new LinkedHashMap<>();
    private int count;

    LoginGate(int limit, int limitPerSource) {
        this.limit = limit;
        this.limitPerSource = limitPerSource;
    }

    void enter(IscsiConnection connection) {
        IscsiConnection oldest = add(connection);
        if (oldest != null) {
            LOG.debug("{}: closing: too many connections that are not logged in", oldest);
            oldest.close(null);
        }
    }

    private synchronized @Nullable IscsiConnection add(IscsiConnection connection) {
        Set<IscsiConnection> same = waiting.computeIfAbsent(connection.source(), source -> new LinkedHashSet<>());
        same.add(connection);
        count++;
        if (same.size() <= limitPerSource && count <= limit) {
            return null;
        }
        IscsiConnection oldest = Collections.max(waiting.values(), Comparator.comparingInt(Set::size))
                .iterator()
                .next();
        leave(oldest);
        return oldest;
    }

    /** It has a session with a target, or is gone. */
    synchronized void leave(IscsiConnection connection) {
        Set<IscsiConnection> same = waiting.get(connection.source());
        if (same != null && same.remove(connection)) {
            count--;
            if (same.isEmpty()) {
                waiting.remove(connection.source());
            }
        }
    }
}
