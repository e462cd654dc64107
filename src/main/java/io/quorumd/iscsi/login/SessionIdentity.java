package io.quorumd.iscsi.login;

import org.jspecify.annotations.Nullable;

/**
 * What makes a session the same session (RFC 7143 §6.3.5): initiator port, target portal group.
 *
 * @param targetName null: a discovery session
 */
public record SessionIdentity(
        String initiatorName, long isid48, @Nullable String targetName, int portalGroupTag) {}
