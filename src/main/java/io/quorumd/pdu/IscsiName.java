package io.quorumd.pdu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * iSCSI names (RFC 7143 §4.2.7): {@code iqn.}, {@code eui.} and {@code naa.}, brought to the one form in which they are
 * compared. Of RFC 3722 we apply what changes an answer: case folding and NFKC. Names that other targets tolerate
 * (underscores, for one) pass.
 */
public final class IscsiName {

    /** RFC 7143 §4.2.7.1: 223 bytes of UTF-8. */
    public static final int BYTES_MAX = 223;

    private static final Pattern IQN = Pattern.compile("iqn\\.\\d{4}-\\d{2}\\.[^\\p{Cntrl}\\p{Z},\"<>\\\\]+");
    private static final Pattern EUI = Pattern.compile("eui\\.[0-9a-f]{16}");
    private static final Pattern NAA = Pattern.compile("naa\\.(?:[0-9a-f]{16}|[0-9a-f]{32})");

    private IscsiName() {}

    /**
     * The normal form.
     *
     * @throws TextFormatException where it is no iSCSI name
     */
    public static String normalize(String name) throws TextFormatException {
        if (name.getBytes(UTF_8).length <= BYTES_MAX) {
            String normal = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
            if (IQN.matcher(normal).matches()
                    || EUI.matcher(normal).matches()
                    || NAA.matcher(normal).matches()) {
                return normal;
            }
        }
        throw new TextFormatException("not an iSCSI name");
    }
}
