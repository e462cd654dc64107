package io.quorumd.service.config;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** iSCSI names (RFC 7143 §4.2.7), restricted to ASCII: names beyond it would need stringprep. */
final class IscsiName {

    private static final int LENGTH_MAX = 223;
    private static final Pattern SYNTAX = Pattern.compile(
            "iqn\\.\\d{4}-(0[1-9]|1[0-2])\\.[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[a-z0-9.:-]+)?|eui\\.[0-9a-f]{16}"
                    + "|naa\\.([0-9a-f]{16}|[0-9a-f]{32})");

    private IscsiName() {}

    static void check(String property, String name) {
        if (name.isEmpty()) {
            throw new ConfigurationException(
                    property, "is missing", "Write an iSCSI name, such as iqn.2026-11.io.quorumd:disk0");
        }
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
