package io.quorumd.iscsi.login;

import io.quorumd.pdu.ChapAccount;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server with few targets, each of which a test sets up as it likes. */
final class OneTargetPolicy implements LoginPolicy {

    static final String TARGET = "iqn.2026-11.io.quorumd:disk0";

    final Map<String, TargetVerdict> verdicts = new HashMap<>();
    final Map<SessionIdentity, Integer> sessions = new HashMap<>();
    final List<DiscoveredTarget> visible = new ArrayList<>();

    @Nullable
    ChapAccount discoveryChap;

    int nextTsih = 1;
    boolean fails;

    OneTargetPolicy() {
        this(null);
    }

    OneTargetPolicy(@Nullable ChapAccount chap) {
        verdicts.put(TARGET, new TargetVerdict.Admitted(TARGET, "disk0", 1, chap));
    }

    @Override
    public TargetVerdict admit(String initiatorName, String targetName, InetSocketAddress portal) {
        if (fails) {
            throw new IllegalStateException("on purpose");
        }
        return verdicts.getOrDefault(targetName, TargetVerdict.Denied.UNKNOWN);
    }

    @Override
    public @Nullable ChapAccount discoveryChap(String initiatorName) {
        return discoveryChap;
    }

    @Override
    public List<DiscoveredTarget> targets(String initiatorName, InetSocketAddress portal) {
        return visible.isEmpty()
                ? List.of(new DiscoveredTarget(TARGET, List.of(TargetAddress.of(portal, 1))))
                : visible;
    }

    @Override
    public boolean hasSession(SessionIdentity session, int tsih) {
        return sessions.getOrDefault(session, 0) == tsih;
    }

    @Override
    public int openSession(SessionIdentity session) {
        sessions.put(session, nextTsih);
        return nextTsih;
    }

    @Override
    public int commandWindow(boolean discovery) {
        return discovery ? 8 : 128;
    }
}
