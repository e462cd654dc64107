package io.quorumd.iscsi;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.pdu.ChapAccount;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * What the connections of a server share. Thread-safe.
 *
 * @param targets by name
 * @param nobody an account that nobody has (see {@link ServerLoginPolicy#admit})
 * @param stopping no more logins
 */
record ServerContext(
        IscsiSettings settings,
        ByteBufAllocator allocator,
        Map<String, TargetNode> targets,
        Sessions sessions,
        LoginGate gate,
        FailedLogins failedLogins,
        DataOutBudget budget,
        CommandListener listener,
        SecureRandom random,
        ChapAccount nobody,
        AtomicBoolean stopping) {

    /** Without targets yet. */
    static ServerContext of(
            IscsiSettings settings, ByteBufAllocator allocator, CommandListener listener, LongSupplier nanoTime) {
        IscsiLimits limits = settings.limits();
        SecureRandom random = new SecureRandom();
        return new ServerContext(
                settings,
                allocator,
                new ConcurrentHashMap<>(),
                new Sessions(limits.sessions()),
                new LoginGate(limits.unauthenticatedConnections(), limits.unauthenticatedPerSource()),
                new FailedLogins(nanoTime),
                new DataOutBudget(limits.dataOutBytes()),
                listener,
                random,
                ChapAccount.unknowable(random),
                new AtomicBoolean());
    }

    IscsiLimits limits() {
        return settings.limits();
    }
}
