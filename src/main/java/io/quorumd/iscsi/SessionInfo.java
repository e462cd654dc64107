package io.quorumd.iscsi;

import io.quorumd.iscsi.login.NegotiatedKeys;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session as it stood a moment ago.
 *
 * @param isid six bytes, in hex
 * @param targetName null: a discovery session
 */
public record SessionInfo(
        String initiatorName,
        @Nullable String initiatorAlias,
        String isid,
        int tsih,
        @Nullable String targetName,
        int portalGroupTag,
        Instant since,
        List<Connection> connections) {

    /**
     * @param commandsInFlight received and not answered yet
     * @param commands ended since login
     * @param bytesIn sent to the initiator as data
     * @param bytesOut received from it as data
     */
    public record Connection(
            int cid,
            InetSocketAddress initiator,
            InetSocketAddress portal,
            NegotiatedKeys keys,
            int commandsInFlight,
            long commands,
            long bytesIn,
            long bytesOut) {}
}
