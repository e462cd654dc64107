package io.quorumd.iscsi;

import io.netty.buffer.ByteBufAllocator;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the connections of a server share. Thread-safe.
 *
 * @param targets by name
 * @param stopping no more logins
 */
record ServerContext(
        IscsiSettings settings,
        ByteBufAllocator allocator,
        Map<String, TargetNode> targets,
        Sessions sessions,
        LoginGate gate,
        DataOutBudget budget,
        CommandListener listener,
        SecureRandom random,
        AtomicBoolean stopping) {

    IscsiLimits limits() {
        return settings.limits();
    }
}
