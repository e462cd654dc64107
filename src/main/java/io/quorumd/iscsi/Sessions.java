package io.quorumd.iscsi;

import io.quorumd.iscsi.login.SessionIdentity;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Every session of the server, from its login until it is gone. Thread-safe. */
final class Sessions {

    private static final int TSIH_MAX = 0xffff;

    /** Of sessions with targets; discovery sessions are bounded by {@link LoginGate}. */
    private final int limit;

    private final Map<Integer, IscsiSession> byTsih = new ConcurrentHashMap<>();
    private final Map<SessionIdentity, IscsiSession> byIdentity = new ConcurrentHashMap<>();
    private int lastTsih;

    Sessions(int limit) {
        this.limit = limit;
    }

    /** Registers a session and ends the one whose place it takes; null: there are too many. */
    synchronized @Nullable IscsiSession open(
            SessionIdentity identity, IscsiConnection connection, @Nullable TargetNode target) {
        IscsiSession old = target == null ? null : byIdentity.get(identity);
        boolean oneMore = target != null && old == null;
        if ((oneMore && byIdentity.size() >= limit) || byTsih.size() == TSIH_MAX) {
            return null;
        }
        CompletableFuture<Void> predecessorGone = old == null ? CompletableFuture.completedFuture(null) : old.gone();
        IscsiSession session = new IscsiSession(identity, freeTsih(), connection, target, predecessorGone);
        byTsih.put(session.tsih(), session);
        if (target != null) {
            byIdentity.put(identity, session);
        }
        if (old != null) {
            old.connection().close("session reinstated");
        }
        return session;
    }

    boolean exists(SessionIdentity identity, int tsih) {
        IscsiSession session = byTsih.get(tsih);
        return session != null && session.identity().equals(identity);
    }

    synchronized void remove(IscsiSession session) {
        byTsih.remove(session.tsih());
        byIdentity.remove(session.identity(), session);
    }

    Collection<IscsiSession> all() {
        return byTsih.values();
    }

    private int freeTsih() {
        do {
            lastTsih = lastTsih == TSIH_MAX ? 1 : lastTsih + 1;
        } while (byTsih.containsKey(lastTsih));
        return lastTsih;
    }
}
