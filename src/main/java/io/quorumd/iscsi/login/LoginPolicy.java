package io.quorumd.iscsi.login;

import io.quorumd.pdu.ChapAccount;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the login asks the server. Called on the connection's event loop, must not block; initiator names come in
 * normal form, {@code portal} is the local address of the initiator's connection.
 */
public interface LoginPolicy {

    /**
     * Asked once per normal login, before the initiator has proved anything: what this answers must not depend on more
     * than the names.
     *
     * @param targetName as the initiator wrote it, in normal form where it is a valid name
     */
    TargetVerdict admit(String initiatorName, String targetName, InetSocketAddress portal);

    /** What an initiator has to prove for a discovery session; null: nothing. */
    @Nullable
    ChapAccount discoveryChap(String initiatorName);

    /** The targets which that initiator may see, with the addresses to advertise. */
    List<DiscoveredTarget> targets(String initiatorName, InetSocketAddress portal);

    /** Whether that session exists with that TSIH, which is not 0: decides the status for a second connection. */
    boolean hasSession(SessionIdentity session, int tsih);

    /**
     * The login is complete: registers the session. An older one of the same identity is reinstated: closed before this returns, its
     * tasks terminated (RFC 7143 §6.3.5); discovery sessions are never the same.
     *
     * @return its TSIH, 1 to 65535; 0: no more sessions (status 0x0302)
     */
    int openSession(SessionIdentity session);

    /** Commands in flight per session of that kind: MaxCmdSN - ExpCmdSN + 1. */
    int commandWindow(boolean discovery);
}
