package io.quorumd.scsi;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * How initiators tell this disk from every other in the world, on all paths and for ever: made when the volume is
 * created, kept in its state.
 *
 * @param naa NAA IEEE Registered Extended identifier: 32 hexadecimal digits, the first a 6 (SPC-5 §7.7.6.6.5)
 * @param serial product serial number, 1 to 64 printable ASCII characters
 */
public record DiskIdentity(String naa, String serial) {

    /** T10 vendor identification, eight characters. */
    static final String VENDOR = "QUORUMD ";

    static final String PRODUCT = "Quorum Disk";
    static final String REVISION = "0001";

    public DiskIdentity {
        naa = naa.toLowerCase(Locale.ROOT);
        if (!naa.matches("6[0-9a-f]{31}")) {
            throw new IllegalArgumentException(
                    "NAA identifier '" + naa + "' is not 32 hexadecimal digits that begin with 6");
        }
        if (!serial.matches("[!-~]{1,64}")) {
            throw new IllegalArgumentException("serial number '" + serial + "' is not 1 to 64 printable characters");
        }
    }

    boolean isNaa(byte[] identifier) {
        return Arrays.equals(naaBytes(), identifier);
    }

    byte[] naaBytes() {
        return HexFormat.of().parseHex(naa);
    }
}
