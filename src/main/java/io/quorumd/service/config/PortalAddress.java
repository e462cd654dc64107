package io.quorumd.service.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * ADDRESS:PORT or ADDRESS:PORT,TAG as it stands in the configuration, which is also how iSCSI writes it. Addresses only:
 * initiators connect to addresses, not to names.
 *
 * @param groupTag target portal group tag, 1 to 65535
 */
public record PortalAddress(InetSocketAddress address, int groupTag) {

    /** The port that IANA has for iSCSI. */
    public static final int DEFAULT_PORT = 3260;

    /** A portal to listen on; in portal group 1 where it does not say. */
    public static PortalAddress parse(String property, String text) {
        int comma = text.lastIndexOf(',');
        int tag = comma < 0 ? 1 : number(text.substring(comma + 1));
        String place = comma < 0 ? text : text.substring(0, comma);
        int colon = place.lastIndexOf(':');
        int port = colon < 0 ? -1 : number(place.substring(colon + 1));
        InetAddress address = colon < 0 ? null : address(place.substring(0, colon));
        if (port < 0 || tag < 1 || address == null) {
            throw new ConfigurationException(
                    property,
                    "\"" + text + "\" is not a portal",
                    "Write ADDRESS:PORT with an IP address, such as 127.0.0.1:3260 or [::1]:3260, and perhaps the tag of a"
                            + " portal group behind it: 127.0.0.1:3260,2");
        }
        return new PortalAddress(new InetSocketAddress(address, port), tag);
    }

    /** A portal to send initiators to, which iSCSI writes without a portal group; the port may be left out. */
    public static InetSocketAddress parseRedirect(String property, String text) {
        if (text.indexOf(',') >= 0) {
            throw new ConfigurationException(
                    property, "\"" + text + "\" has the tag of a portal group", "Write ADDRESS or ADDRESS:PORT only");
        }
        return parseAdvertised(property, text).address();
    }

    /** A portal to tell initiators about; the port may be left out. */
    public static PortalAddress parseAdvertised(String property, String text) {
        int comma = text.lastIndexOf(',');
        InetAddress bare = address(comma < 0 ? text : text.substring(0, comma));
        String full = bare == null ? text : withPort(text, comma);
        PortalAddress portal = parse(property, full);
        if (portal.address.getAddress().isAnyLocalAddress() || portal.address.getPort() == 0) {
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

    private static String withPort(String text, int comma) {
        String port = ":" + DEFAULT_PORT;
        return comma < 0 ? text + port : text.substring(0, comma) + port + text.substring(comma);
    }

    /** Of 16 bits, without a sign; else -1. */
    private static int number(String text) {
        if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int number = Integer.parseInt(text);
        return number <= 0xFFFF ? number : -1;
    }
}
