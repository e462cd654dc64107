package io.quorumd.iscsi.login;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * Where a target is reached, as TargetAddress says it (RFC 7143 §13.8).
 *
 * @param portal {@code host:port}, an IPv6 address in brackets
 */
public record TargetAddress(String portal, int portalGroupTag) {

    /** The portal at that address. */
    public static TargetAddress of(InetSocketAddress address, int portalGroupTag) {
        String host = address.getAddress() instanceof Inet6Address v6
                ? "[" + v6.getHostAddress().replaceFirst("%.*", "") + "]"
                : address.getAddress() != null ? address.getAddress().getHostAddress() : address.getHostString();
        return new TargetAddress(host + ":" + address.getPort(), portalGroupTag);
    }

    /** {@code portal,tag}. */
    @Override
    public String toString() {
        return portal + "," + portalGroupTag;
    }
}
