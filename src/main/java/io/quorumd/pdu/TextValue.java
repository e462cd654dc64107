package io.quorumd.pdu;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** The forms that values of text keys take (RFC 7143 §6.1): numbers, booleans, binary values, lists. */
public final class TextValue {

    private TextValue() {}

    /**
     * A numerical value: decimal, or hexadecimal behind {@code 0x}.
     *
     * @return 0 to 2^63-1; larger values, though legal up to 2^64-1, are given as 2^63-1, which exceeds every range
     */
    public static long number(String value) throws TextFormatException {
        boolean hex = isHex(value);
        String digits = hex ? value.substring(2) : value;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> isDigit(c, hex))) {
            throw new TextFormatException("not a number");
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        if (significant.length() > (hex ? 15 : 18)) {
            return Long.MAX_VALUE;
        }
        return Long.parseLong(significant, hex ? 16 : 10);
    }

    /** {@code Yes} or {@code No}. */
    public static boolean bool(String value) throws TextFormatException {
        return switch (value) {
            case "Yes" -> true;
            case "No" -> false;
            default -> throw new TextFormatException("neither Yes nor No");
        };
    }

    /**
     * A binary value: hexadecimal behind {@code 0x}, or base64 behind {@code 0b}.
     *
     * @param bytesMax longest value that is accepted, in bytes
     */
    public static byte[] binary(String value, int bytesMax) throws TextFormatException {
        byte[] bytes;
        try {
            if (isHex(value)) {
                String digits = value.substring(2);
                bytes = HexFormat.of().parseHex(digits.length() % 2 == 0 ? digits : "0" + digits);
            } else if (value.startsWith("0b") || value.startsWith("0B")) {
                bytes = Base64.getDecoder().decode(value.substring(2));
            } else {
                throw new TextFormatException("binary value without 0x or 0b");
            }
        } catch (IllegalArgumentException malformed) {
            throw new TextFormatException("malformed binary value");
        }
        if (bytes.length == 0 || bytes.length > bytesMax) {
            throw new TextFormatException("binary value of " + bytes.length + " bytes");
        }
        return bytes;
    }

    /** The hexadecimal form of a binary value, which every initiator and target understands. */
    public static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    /** The members of a list in their order, blanks around them dropped: the first is what its sender likes best. */
    public static List<String> list(String value) {
        var members = new ArrayList<String>();
        for (String member : value.split(",", -1)) {
            members.add(member.strip());
        }
        return members;
    }

    private static boolean isHex(String value) {
        return value.toLowerCase(Locale.ROOT).startsWith("0x");
    }

    private static boolean isDigit(int c, boolean hex) {
        return (c >= '0' && c <= '9') || (hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
    }
}
