package io.quorumd.quorum.state;

import java.util.HexFormat;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Who a volume is to initiators: an NAA-6 designator (SPC-5 7.7.3, IEEE Registered Extended) of 16 bytes.
 *
 * <p>NAA 3, "locally assigned", has 8 bytes only, and NAA 6 wants a company id that this project does not own. So the
 * 24-bit company id of a random identity is {@code 025144}: its first octet has the locally-administered bit set and
 * lies in the quadrant (IEEE 802c, "administratively assigned") from which no company id is ever given out, hence no
 * vendor's disk can have it. The 100 bits behind it are random.
 *
 * @param wwn 32 lower-case hex digits, the first of them 6
 */
public record VolumeIdentity(String wwn) {

    private static final String RANDOM_PREFIX = "6025144";
    private static final int DIGITS = 32;

    public VolumeIdentity {
        if (!wwn.matches("6[0-9a-f]{31}")) {
            throw new IllegalArgumentException("not an NAA-6 identifier: " + wwn);
        }
    }

    /** @param random a cryptographic one in the service: two installations must never agree by accident */
    public static VolumeIdentity random(RandomGenerator random) {
        StringBuilder digits = new StringBuilder(RANDOM_PREFIX);
        while (digits.length() < DIGITS) {
            digits.append(Character.forDigit(random.nextInt(16), 16));
        }
        return new VolumeIdentity(digits.toString());
    }

    /** Takes a configured {@code wwn}: 32 hex digits in either case, beginning with 6; else a {@link StateException}. */
    public static VolumeIdentity parse(String wwn) {
        String digits = wwn.strip().toLowerCase(Locale.ROOT);
        if (!digits.matches("6[0-9a-f]{31}")) {
            throw new StateException(
                    "wwn \"" + wwn + "\" is not an NAA-6 identifier.",
                    "Give 32 hex digits of which the first is 6, or leave wwn empty.");
        }
        return new VolumeIdentity(digits);
    }

    /** The designator of VPD page 83h: 16 bytes, designator type NAA, code set binary. */
    public byte[] naa() {
        return HexFormat.of().parseHex(wwn);
    }

    /** The unit serial number of VPD page 80h: the whole identity, since nothing shorter is known to be unique. */
    public String serial() {
        return wwn;
    }

    @Override
    public String toString() {
        return wwn;
    }
}
