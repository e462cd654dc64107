package io.quorumd.block.iscsi;

import io.quorumd.pdu.Framing;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;

/**
 * What a login agreed upon (RFC 7143 §13).
 *
 * @param headerDigest CRC32C behind each header
 * @param dataDigest CRC32C behind each data segment
 * @param sendMax bytes of a data segment that the target takes
 * @param firstBurst bytes of a write that may be sent without an R2T, if any may
 * @param maxBurst bytes that one R2T may ask for
 * @param initialR2t whether no Data-Out may be sent without an R2T
 * @param immediateData whether data may be sent along with the command
 * @param portalGroup tag of the portal group the session is in, -1 where the target did not tell
 */
record SessionKeys(
        boolean headerDigest,
        boolean dataDigest,
        int sendMax,
        int firstBurst,
        int maxBurst,
        boolean initialR2t,
        boolean immediateData,
        int portalGroup) {

    /** What we take in one PDU: a buffer that the pool holds without strain. */
    static final int RECEIVE_MAX = 256 << 10;

    private static final int FIRST_BURST = 256 << 10;
    private static final int MAX_BURST = 16776192;
    private static final int OUTSTANDING_R2T = 8;
    private static final int LENGTH_MIN = 512;
    private static final int LENGTH_MAX = (1 << 24) - 1;

    /** What we want, of every key, so that there is nothing left for the target to offer. */
    static TextKeys offer(IscsiUri uri) {
        return new TextKeys()
                .add("HeaderDigest", uri.headerDigest() ? "CRC32C" : "None")
                .add("DataDigest", uri.dataDigest() ? "CRC32C" : "None")
                .add("MaxRecvDataSegmentLength", Integer.toString(RECEIVE_MAX))
                .add("InitialR2T", "No")
                .add("ImmediateData", "Yes")
                .add("MaxBurstLength", Integer.toString(MAX_BURST))
                .add("FirstBurstLength", Integer.toString(FIRST_BURST))
                .add("MaxOutstandingR2T", Integer.toString(OUTSTANDING_R2T))
                .add("MaxConnections", "1")
                .add("DataPDUInOrder", "Yes")
                .add("DataSequenceInOrder", "Yes")
                .add("DefaultTime2Wait", "0")
                .add("DefaultTime2Retain", "0")
                .add("ErrorRecoveryLevel", "0");
    }

    /** Reads the answers to {@link #offer}, of all stages together; what was not answered has its default. */
    static SessionKeys agreed(IscsiUri uri, TextKeys answers) throws LoginFailure {
        try {
            int firstBurst = number(answers, "FirstBurstLength", LENGTH_MIN, FIRST_BURST, 65536);
            return new SessionKeys(
                    digest(answers, "HeaderDigest", uri.headerDigest()),
                    digest(answers, "DataDigest", uri.dataDigest()),
                    number(
                            answers,
                            "MaxRecvDataSegmentLength",
                            LENGTH_MIN,
                            LENGTH_MAX,
                            Framing.LOGIN_DATA_SEGMENT_LENGTH),
                    firstBurst,
                    number(answers, "MaxBurstLength", LENGTH_MIN, MAX_BURST, 262144),
                    bool(answers, "InitialR2T", true),
                    bool(answers, "ImmediateData", true),
                    number(answers, "TargetPortalGroupTag", 0, 0xffff, -1));
        } catch (TextFormatException wrong) {
            throw LoginFailure.refused("answered the login with " + wrong.getMessage());
        }
    }

    private static boolean digest(TextKeys answers, String key, boolean wanted) throws TextFormatException {
        String expected = wanted ? "CRC32C" : "None";
        String value = answers.get(key);
        String got = value == null ? "None" : value;
        if (!got.equals(expected)) {
            throw new TextFormatException(key + "=" + shown(got) + ", and " + key + "=" + expected + " is configured");
        }
        return wanted;
    }

    private static int number(TextKeys answers, String key, int least, int most, int otherwise)
            throws TextFormatException {
        String value = answers.get(key);
        if (value == null || isNoAnswer(value)) {
            return otherwise;
        }
        long number = TextValue.number(value);
        if (number < least || number > most) {
            throw new TextFormatException(key + "=" + shown(value) + ", which is not " + least + " to " + most);
        }
        return (int) number;
    }

    private static boolean bool(TextKeys answers, String key, boolean otherwise) throws TextFormatException {
        String value = answers.get(key);
        return (value == null || isNoAnswer(value)) ? otherwise : TextValue.bool(value);
    }

    private static boolean isNoAnswer(String value) {
        return value.equals("Irrelevant") || value.equals("NotUnderstood");
    }

    private static String shown(String value) {
        String printable = value.replaceAll("[^!-~]", "?");
        return printable.length() <= 64 ? printable : printable.substring(0, 64) + "...";
    }
}
