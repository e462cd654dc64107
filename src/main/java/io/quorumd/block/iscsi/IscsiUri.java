package io.quorumd.block.iscsi;

import io.netty.util.NetUtil;
import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.IscsiName;
import io.quorumd.pdu.TextFormatException;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a LUN is, in the form that libiscsi and QEMU have: {@code iscsi://[USER%SECRET@]HOST[:PORT]/TARGET/LUN}, and
 * behind a {@code ?} the options {@code header-digest=crc32c}, {@code data-digest=crc32c} and
 * {@code reservation=required}.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param port TCP port, 3260 when the URI has none
 * @param target iSCSI name in normal form
 * @param lun 0 to 16383
 * @param chap user and secret of the URI itself; null when it has none
 * @param headerDigest whether headers are protected by CRC32C
 * @param dataDigest whether data is
 * @param reservationRequired whether a LUN without persistent reservations is refused
 */
public record IscsiUri(
        String host,
        int port,
        String target,
        int lun,
        @Nullable ChapAccount chap,
        boolean headerDigest,
        boolean dataDigest,
        boolean reservationRequired) {

    static final int DEFAULT_PORT = 3260;
    private static final int LUN_MAX = 16383;
    private static final int PERIPHERAL_MAX = 255;

    private static final Pattern FORM = Pattern.compile("iscsi://(?:(?<user>[^/@%]+)%(?<secret>[^/]*)@)?"
            + "(?<host>\\[[0-9A-Fa-f:.]+]|[^/:@%\\[\\]]+)(?::(?<port>\\d{1,5}))?"
            + "/(?<target>[^/?]+)/(?<lun>\\d{1,5})(?:\\?(?<options>.*))?");

    /**
     * Reads a URI.
     *
     * @throws IllegalArgumentException saying what is wrong, without repeating the text: it may hold a secret
     */
    public static IscsiUri parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is not the address of an iSCSI LUN");
        }
        String host = form.group("host");
        int port = form.group("port") == null ? DEFAULT_PORT : Integer.parseInt(form.group("port"));
        int lun = Integer.parseInt(form.group("lun"));
        if (port == 0 || port > 0xffff) {
            throw new IllegalArgumentException("names port " + port + ", which is not 1 to 65535");
        }
        if (lun > LUN_MAX) {
            throw new IllegalArgumentException("names LUN " + lun + ", which is not 0 to " + LUN_MAX);
        }
        Options options = Options.parse(form.group("options"));
        String user = form.group("user");
        return new IscsiUri(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                port,
                target(form.group("target")),
                lun,
                user == null ? null : ChapAccount.oneWay(user, form.group("secret")),
                options.headerDigest,
                options.dataDigest,
                options.reservationRequired);
    }

    private static String target(String name) {
        try {
            return IscsiName.normalize(name);
        } catch (TextFormatException notOne) {
            throw new IllegalArgumentException("names the target \"" + name + "\", which is not an iSCSI name", notOne);
        }
    }

    /** The LUN field of a PDU: peripheral device addressing below 256, flat space addressing above (SAM-6 §4.7). */
    long wireLun() {
        long first = lun <= PERIPHERAL_MAX ? lun : 0x4000 | lun;
        return first << 48;
    }

    /** The portal to connect to; a host name is still to be resolved. */
    InetSocketAddress portal() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    /** Without user and secret. */
    @Override
    public String toString() {
        String bracketed = NetUtil.isValidIpV6Address(host) ? "[" + host + "]" : host;
        return "iscsi://" + bracketed + ":" + port + "/" + target + "/" + lun;
    }

    /** What stands behind the question mark. */
    private static final class Options {
        private boolean headerDigest;
        private boolean dataDigest;
        private boolean reservationRequired;

        static Options parse(@Nullable String text) {
            Options options = new Options();
            if (text == null) {
                return options;
            }
            for (String option : text.split("&", -1)) {
                switch (option) {
                    case "header-digest=crc32c" -> options.headerDigest = true;
                    case "data-digest=crc32c" -> options.dataDigest = true;
                    case "reservation=required" -> options.reservationRequired = true;
                    case "header-digest=none", "data-digest=none", "reservation=optional" -> {}
                    default ->
                        throw new IllegalArgumentException("has an option that is none of header-digest=crc32c,"
                                + " data-digest=crc32c and reservation=required");
                }
            }
            return options;
        }
    }
}
