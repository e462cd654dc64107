package io.quorumd.iscsi.login;

import org.jspecify.annotations.Nullable;

/**
 * What a successful login has established.
 *
 * @param initiatorName in normal form
 * @param isid48 the six bytes of the ISID, big-endian
 * @param tsih what {@link LoginPolicy#openSession} gave
 * @param targetName in the policy's spelling; null: a discovery session
 * @param portalGroupTag of the target, 0 in a discovery session
 * @param cmdSn of the Login Requests: the first number of a command (ExpCmdSN)
 * @param statSn the number of the next response
 */
public record LoginResult(
        String initiatorName,
        @Nullable String alias,
        long isid48,
        int tsih,
        @Nullable String targetName,
        int portalGroupTag,
        int cid,
        int cmdSn,
        int statSn,
        NegotiatedKeys keys) {

    public boolean isDiscovery() {
        return targetName == null;
    }
}
