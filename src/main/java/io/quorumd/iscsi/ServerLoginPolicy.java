package io.quorumd.iscsi;

import io.quorumd.iscsi.login.DiscoveredTarget;
import io.quorumd.iscsi.login.LoginPolicy;
import io.quorumd.iscsi.login.SessionIdentity;
import io.quorumd.iscsi.login.TargetAddress;
import io.quorumd.iscsi.login.TargetVerdict;
import io.quorumd.pdu.ChapAccount;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers the login's questions for one connection, from the server's settings, targets and sessions. */
final class ServerLoginPolicy implements LoginPolicy {

    private final ServerContext server;
    private final IscsiConnection connection;
    private final int portalGroupTag;
    private @Nullable IscsiSession opened;

    ServerLoginPolicy(ServerContext server, IscsiConnection connection, int portalGroupTag) {
        this.server = server;
        this.connection = connection;
        this.portalGroupTag = portalGroupTag;
    }

    @Override
    public TargetVerdict admit(String initiatorName, String targetName, InetSocketAddress portal) {
        if (server.stopping().get()) {
            return TargetVerdict.Denied.UNAVAILABLE;
        }
        TargetNode target = server.targets().get(targetName);
        if (target == null || !target.access().admits(initiatorName)) {
            return hidden(targetName);
        }
        ChapAccount chap = target.access().chap(initiatorName);
        TargetAddress elsewhere = server.settings().redirect().get(targetName);
        return elsewhere != null
                ? new TargetVerdict.Moved(elsewhere.portal(), false, portalGroupTag, hidesNames() ? chap : null)
                : new TargetVerdict.Admitted(target.name(), target.alias(), portalGroupTag, chap);
    }

    /**
     * A target that does not exist, or not for that initiator. Where even a list of targets needs a secret, names must not
     * be found out by trying either: then it looks like any other target to those who do not know its secret.
     */
    private TargetVerdict hidden(String targetName) {
        if (!hidesNames()) {
            return TargetVerdict.Denied.UNKNOWN;
        }
        return new TargetVerdict.Admitted(targetName, null, portalGroupTag, server.nobody());
    }

    /** Otherwise a redirection says no more than a list, and libiscsi follows it only where it comes before CHAP. */
    private boolean hidesNames() {
        return server.settings().discoveryChap() != null;
    }

    @Override
    public @Nullable ChapAccount discoveryChap(String initiatorName) {
        return server.settings().discoveryChap();
    }

    @Override
    public List<DiscoveredTarget> targets(String initiatorName, InetSocketAddress portal) {
        List<TargetAddress> advertised = server.settings().advertise();
        List<TargetAddress> addresses =
                advertised.isEmpty() ? List.of(TargetAddress.of(portal, portalGroupTag)) : advertised;
        return server.targets().values().stream()
                .filter(target -> target.access().admits(initiatorName))
                .map(target -> new DiscoveredTarget(target.name(), addresses))
                .toList();
    }

    @Override
    public boolean hasSession(SessionIdentity session, int tsih) {
        return server.sessions().exists(session, tsih);
    }

    @Override
    public int openSession(SessionIdentity identity) {
        String name = identity.targetName();
        TargetNode target = name == null ? null : server.targets().get(name);
        if (name != null && target == null) {
            return 0; // removed since it was admitted
        }
        opened = server.sessions().open(identity, connection, target);
        return opened == null ? 0 : opened.tsih();
    }

    @Override
    public int commandWindow(boolean discovery) {
        return server.limits().window(discovery);
    }

    /** What openSession() has opened; null: nothing yet. */
    @Nullable
    IscsiSession opened() {
        return opened;
    }
}
