package io.quorumd.block.iscsi;

import io.netty.util.NetUtil;
import io.quorumd.pdu.TextKeys;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What the status of a Login Response means (RFC 7143 §11.13.5). */
final class LoginStatus {

    private static final int REDIRECTION = 1;
    private static final int INITIATOR_ERROR = 2;

    private LoginStatus() {}

    /** @param status class and detail, not 0 */
    static LoginFailure failure(int status, TextKeys keys) {
        int group = status >>> 8;
        if (group == REDIRECTION) {
            String address = keys.get("TargetAddress");
            InetSocketAddress portal = address == null ? null : portal(address);
            return portal == null
                    ? LoginFailure.unavailable("redirects to no usable address")
                    : LoginFailure.moved(portal);
        }
        String text = "refused the login: " + text(status);
        return group == INITIATOR_ERROR ? LoginFailure.refused(text) : LoginFailure.unavailable(text);
    }

    private static String text(int status) {
        return switch (status) {
            case 0x0201 -> "authentication failure; check user and secret, and whether the target wants them at all";
            case 0x0202 -> "this initiator may not use the target; check its access list";
            case 0x0203 -> "there is no such target";
            case 0x0204 -> "the target has been removed for good";
            case 0x0205 -> "unsupported version";
            case 0x0206 -> "too many connections";
            case 0x0301 -> "the service is unavailable";
            case 0x0302 -> "out of resources";
            default -> "status 0x%04x".formatted(status);
        };
    }

    /** {@code domainname[:port][,portal-group-tag]} (RFC 7143 §13.8), an IPv6 address in brackets. */
    static @Nullable InetSocketAddress portal(String address) {
        String place = address.split(",", -1)[0];
        int end = place.startsWith("[") ? place.indexOf(']') + 1 : place.lastIndexOf(':');
        String host = end <= 0 ? place : place.substring(0, end);
        String port = end <= 0 || end == place.length() ? "" : place.substring(end + 1);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
            if (!NetUtil.isValidIpV6Address(host)) {
                return null;
            }
        }
        if (host.isBlank() || !port.matches("\\d{0,5}")) {
            return null;
        }
        int number = port.isEmpty() ? IscsiUri.DEFAULT_PORT : Integer.parseInt(port);
        return number < 1 || number > 0xffff ? null : InetSocketAddress.createUnresolved(host, number);
    }
}
