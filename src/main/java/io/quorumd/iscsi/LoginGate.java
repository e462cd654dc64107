package io.quorumd.iscsi;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Bounds the connections that are not logged in: one too many, and the oldest has to go. Thread-safe. */
final class LoginGate {

    private final int limit;
    private final Set<IscsiConnection> waiting = new LinkedHashSet<>();

    LoginGate(int limit) {
        this.limit = limit;
    }

    void enter(IscsiConnection connection) {
        IscsiConnection oldest = add(connection);
        if (oldest != null) {
            oldest.close("too many connections that are not logged in");
        }
    }

    private synchronized @Nullable IscsiConnection add(IscsiConnection connection) {
        waiting.add(connection);
        if (waiting.size() <= limit) {
            return null;
        }
        IscsiConnection oldest = waiting.iterator().next();
        waiting.remove(oldest);
        return oldest;
    }

    /** It is logged in, or gone. */
    synchronized void leave(IscsiConnection connection) {
        waiting.remove(connection);
    }

    synchronized int waiting() {
        return waiting.size();
    }
}
