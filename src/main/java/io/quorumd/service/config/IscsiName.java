package io.quorumd.service.config;

import io.quorumd.pdu.TextFormatException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * iSCSI names (RFC 7143 §4.2.7): our own by the letter and restricted to ASCII, those of initiators as they log in with
 * them, which is not always by the letter.
 */
final class IscsiName {

    private static final int LENGTH_MAX = 223;
    private static final Pattern SYNTAX = Pattern.compile(
            "iqn\\.\\d{4}-(0[1-9]|1[0-2])\\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[a-z0-9.:-]+)?|eui\\.[0-9a-f]{16}"
                    + "|naa\\.([0-9a-f]{16}|[0-9a-f]{32})");

    private IscsiName() {}

    /** @return the name in its normal form */
    static String checkInitiator(String property, String name) {
        checkPresent(property, name);
        try {
            return io.quorumd.pdu.IscsiName.normalize(name);
        } catch (TextFormatException malformed) {
            throw new ConfigurationException(
                    property,
                    "\"" + name + "\" is not an iSCSI name",
                    "Write the initiator's name as it stands in its /etc/iscsi/initiatorname.iscsi, such as"
                            + " iqn.1993-08.org.debian:01:2f5c8e");
        }
    }

    private static void checkPresent(String property, String name) {
        if (name.isEmpty()) {
            throw new ConfigurationException(
                    property, "is missing", "Write an iSCSI name, such as iqn.2026-11.io.quorumd:disk0");
        }
    }

    static void check(String property, String name) {
        checkPresent(property, name);
        if (name.getBytes(StandardCharsets.UTF_8).length > LENGTH_MAX) {
            throw new ConfigurationException(
                    property, "is longer than " + LENGTH_MAX + " bytes", "Choose a shorter iSCSI name");
        }
        if (!SYNTAX.matcher(name).matches()) {
            throw new ConfigurationException(
                    property,
                    "\"" + name + "\" is not an iSCSI name",
                    "Write iqn.YYYY-MM.REVERSED-DOMAIN:NAME in lower case, such as iqn.2026-11.io.quorumd:disk0"
                            + " (or eui. with 16, naa. with 16 or 32 hex digits)");
        }
    }
}
