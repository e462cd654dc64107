package io.quorumd.iscsi;

import io.quorumd.iscsi.login.LoginResult;
import io.quorumd.iscsi.login.SessionIdentity;
import io.quorumd.scsi.ItNexus;
import io.quorumd.scsi.ScsiTarget;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.jscsi.parser.login.ISID;
import org.jscsi.target.TargetServer;
import org.jscsi.target.connection.TargetSession;
import org.jspecify.annotations.Nullable;

/**
 * A session: from the end of its login until the last command of it has ended, which may be after its connection. One
 * that takes another's place begins when that is {@link #gone} (RFC 7143 §6.3.5).
 */
final class IscsiSession extends TargetSession {

    private final SessionIdentity identity;
    private final int tsih;
    private final IscsiConnection connection;
    private final @Nullable TargetNode target;
    private final ItNexus nexus;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<Void> predecessorGone;
    private final Instant since = Instant.now();
    private volatile @Nullable LoginResult login;

    /**
     * @param target null: a discovery session
     * @param predecessorGone completes when the session it takes the place of is gone
     */
    IscsiSession(
            SessionIdentity identity,
            int tsih,
            IscsiConnection connection,
            @Nullable TargetNode target,
            CompletableFuture<Void> predecessorGone) {
        super(null, connection, new ISID(), 0, 0);
        this.identity = identity;
        this.tsih = tsih;
        this.connection = connection;
        this.target = target;
        this.predecessorGone = predecessorGone;
        String initiator = identity.initiatorName();
        String port = initiator + ",i,0x" + isid();
        boolean readOnly = target != null && target.access().isReadOnly(initiator);
        this.nexus = new ItNexus(initiator, port, identity.portalGroupTag(), readOnly);
    }

    void begin(LoginResult result) {
        login = result;
    }

    boolean isLoggedIn() {
        return login != null;
    }

    LoginResult login() {
        LoginResult result = login;
        if (result == null) {
            throw new IllegalStateException("the login is not complete");
        }
        return result;
    }

    SessionIdentity identity() {
        return identity;
    }

    int tsih() {
        return tsih;
    }

    IscsiConnection connection() {
        return connection;
    }

    boolean isDiscovery() {
        return target == null;
    }

    @Nullable
    TargetNode target() {
        return target;
    }

    ScsiTarget scsi() {
        if (target == null) {
            throw new IllegalStateException("a discovery session has no logical units");
        }
        return target.scsi();
    }

    ItNexus nexus() {
        return nexus;
    }

    CompletableFuture<Void> predecessorGone() {
        return predecessorGone;
    }

    /** Completes when nothing of it is under way any more. */
    CompletableFuture<Void> gone() {
        return gone;
    }

    Instant since() {
        return since;
    }

    String isid() {
        return HexFormat.of().toHexDigits(identity.isid48(), 12);
    }

    @Override
    public boolean isNormalSession() {
        return target != null;
    }

    @Override
    public short getTargetSessionIdentifyingHandle() {
        return (short) tsih;
    }

    @Override
    public @Nullable String getTargetName() {
        return target == null ? null : target.name();
    }

    @Override
    public void setTargetName(String name) {
        throw new UnsupportedOperationException("the target of a session does not change");
    }

    @Override
    public TargetServer getTargetServer() {
        throw new UnsupportedOperationException("jSCSI's server is not used");
    }

    /** jSCSI's ISID loses bits (docs/jscsi.md): the raw one stands in {@link #identity}. */
    @Override
    public ISID getInitiatorSessionID() {
        throw new UnsupportedOperationException("the ISID is carried as 48 bits");
    }

    @Override
    public String toString() {
        return identity.initiatorName() + (target == null ? " (discovery)" : " on " + target.name());
    }
}
