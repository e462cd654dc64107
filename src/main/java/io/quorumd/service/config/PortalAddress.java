package io.quorumd.service.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** ADDRESS:PORT as it stands in the configuration. Addresses only: initiators connect to addresses, not to names. */
public final class PortalAddress {

    /** The port that IANA has for iSCSI. */
    public static final int DEFAULT_PORT = 3260;

    private PortalAddress() {}

    /** A portal to listen on or to send initiators to. */
    public static InetSocketAddress parse(String property, String text) {
        int colon = text.lastIndexOf(':');
        int port = colon < 0 ? -1 : port(text.substring(colon + 1));
        InetAddress address = colon < 0 ? null : address(text.substring(0, colon));
        if (port < 0 || address == null) {
            throw new ConfigurationException(
                    property,
                    "\"" + text + "\" is not a portal",
                    "Write ADDRESS:PORT with an IP address, such as 127.0.0.1:3260 or [::1]:3260");
        }
        return new InetSocketAddress(address, port);
    }

    /** A portal to tell initiators about; the port may be left out. */
    public static InetSocketAddress parseAdvertised(String property, String text) {
        InetAddress bare = address(text);
        InetSocketAddress portal = bare != null ? new InetSocketAddress(bare, DEFAULT_PORT) : parse(property, text);
        if (portal.getAddress().isAnyLocalAddress() || portal.getPort() == 0) {
            throw new ConfigurationException(
                    property,
                    "\"" + text + "\" is not an address that an initiator can connect to",
                    "Write the address, and the port, that initiators use");
        }
        return portal;
    }

    private static @Nullable InetAddress address(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        if (bracketed ? !NetUtil.isValidIpV6Address(bare) : !NetUtil.isValidIpV4Address(bare)) {
            return null;
        }
        return NetUtil.createInetAddressFromIpAddressString(bare);
    }

    private static int port(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int port = Integer.parseInt(text);
        return port <= 0xFFFF ? port : -1;
    }
}
