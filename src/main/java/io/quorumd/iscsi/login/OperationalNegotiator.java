package io.quorumd.iscsi.login;

import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import io.quorumd.pdu.jscsi.ListEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.target.settings.BooleanResultFunction;
import org.jscsi.target.settings.KeySet;
import org.jscsi.target.settings.NegotiationStatus;
import org.jscsi.target.settings.NegotiationType;
import org.jscsi.target.settings.NumericalResultFunction;
import org.jscsi.target.settings.NumericalValueRange;
import org.jscsi.target.settings.SettingsNegotiator;
import org.jscsi.target.settings.TextKeyword;
import org.jscsi.target.settings.entry.BooleanEntry;
import org.jscsi.target.settings.entry.Entry;
import org.jscsi.target.settings.entry.NumericalEntry;
import org.jscsi.target.settings.entry.Use;
import org.jspecify.annotations.Nullable;

/**
 * The operational keys of one login (RFC 7143 §13) as jSCSI's entries with our limits. An offer is checked before an entry sees it: on a
 * bad one jSCSI's parsers throw or log an error.
 */
final class OperationalNegotiator extends SettingsNegotiator {

    /** What we declare: data of one PDU that a pooled buffer holds without strain; what open-iscsi sends at most by default. */
    static final int MAX_RECV_DATA_SEGMENT_LENGTH = 256 << 10;

    /** 16 MiB - 1 KiB: the largest multiple of 1 KiB below the limit of the standard; what open-iscsi offers. */
    static final int MAX_BURST_LENGTH = 16776192;

    static final int FIRST_BURST_LENGTH = 256 << 10;

    /** One R2T asks for up to 16 MiB already; several help initiators with a small MaxBurstLength, and promise nothing. */
    static final int MAX_OUTSTANDING_R2T = 16;

    /** Length without declaration (RFC 7143 §13.12), and of every login PDU. */
    static final int DEFAULT_DATA_SEGMENT_LENGTH = 8192;

    /** jSCSI spells it CRC-32C. */
    private static final String CRC32C = "CRC32C";

    private static final String PROTOCOL_LEVEL = "iSCSIProtocolLevel";
    private static final String TASK_REPORTING = "TaskReporting";
    private static final int LENGTH_MIN = 512;
    private static final int LENGTH_MAX = (1 << 24) - 1;

    /** RFC 7143 §13.25: obsolete, and to be answered with Reject without further consequence. */
    private static final Set<String> OBSOLETE = Set.of(TextKeyword.IF_MARK_INT, TextKeyword.OF_MARK_INT);

    private final Map<String, NumericalValueRange> ranges = new HashMap<>();
    private final Map<String, Entry> byKey = new HashMap<>();
    private final Set<String> negotiated = new HashSet<>();
    private final boolean discovery;

    OperationalNegotiator(boolean discovery) {
        this.discovery = discovery;
        addLists();
        addNumbers();
        addBooleans();
    }

    /** Called by the constructor above ours, when nothing is there yet: ours fills the list instead. */
    @Override
    protected void initializeEntries() {}

    private void addLists() {
        var digests = List.of(CRC32C, TextKeyword.NONE);
        addList(TextKeyword.HEADER_DIGEST, Use.LOPNS, false, digests, TextKeyword.NONE);
        addList(TextKeyword.DATA_DIGEST, Use.LOPNS, false, digests, TextKeyword.NONE);
        addList(TASK_REPORTING, Use.LEADING_LOPNS, true, List.of("RFC3720"), "RFC3720");
    }

    private void addNumbers() {
        var min = NumericalResultFunction.MIN;
        addNumber(TextKeyword.MAX_CONNECTIONS, true, 1, 1, 65535, min, 1);
        addNumber(TextKeyword.MAX_BURST_LENGTH, true, MAX_BURST_LENGTH, LENGTH_MIN, LENGTH_MAX, min, 262144);
        addNumber(TextKeyword.FIRST_BURST_LENGTH, true, FIRST_BURST_LENGTH, LENGTH_MIN, LENGTH_MAX, min, 65536);
        addNumber(TextKeyword.MAX_OUTSTANDING_R_2_T, true, MAX_OUTSTANDING_R2T, 1, 65535, min, 1);
        // A session that broke is gone with its tasks: nothing to wait for, nothing retained (error recovery level 0).
        addNumber(TextKeyword.DEFAULT_TIME_2_WAIT, false, 0, 0, 3600, NumericalResultFunction.MAX, 2);
        addNumber(TextKeyword.DEFAULT_TIME_2_RETAIN, false, 0, 0, 3600, min, 20);
        addNumber(TextKeyword.ERROR_RECOVERY_LEVEL, false, 0, 0, 2, min, 0);
        addNumber(PROTOCOL_LEVEL, true, 1, 0, 31, min, 1);
        var range = NumericalValueRange.create(LENGTH_MIN, LENGTH_MAX);
        ranges.put(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH, range);
        add(
                TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH,
                new NumericalEntry(
                        new KeySet(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH),
                        NegotiationType.DECLARED,
                        Use.LOPNS_AND_FFP,
                        NegotiationStatus.DEFAULT,
                        DEFAULT_DATA_SEGMENT_LENGTH,
                        range,
                        min,
                        DEFAULT_DATA_SEGMENT_LENGTH,
                        false));
    }

    private void addBooleans() {
        addBoolean(TextKeyword.INITIAL_R_2_T, Use.LEADING_LOPNS, true, false, BooleanResultFunction.OR, true);
        addBoolean(TextKeyword.IMMEDIATE_DATA, Use.LEADING_LOPNS, true, true, BooleanResultFunction.AND, true);
        addBoolean(TextKeyword.DATA_PDU_IN_ORDER, Use.LEADING_LOPNS, true, true, BooleanResultFunction.OR, true);
        addBoolean(TextKeyword.DATA_SEQUENCE_IN_ORDER, Use.LEADING_LOPNS, true, true, BooleanResultFunction.OR, true);
        // RFC 7143 §13.25 allows Reject and No: No ends no login.
        addBoolean(TextKeyword.IF_MARKER, Use.LOPNS, false, false, BooleanResultFunction.AND, false);
        addBoolean(TextKeyword.OF_MARKER, Use.LOPNS, false, false, BooleanResultFunction.AND, false);
    }

    private void addList(String key, Use use, boolean normalOnly, List<String> supported, String defaultValue) {
        add(key, new ListEntry(key, use, status(normalOnly), supported, defaultValue));
    }

    private void addNumber(
            String key,
            boolean normalOnly,
            int ours,
            int min,
            int max,
            NumericalResultFunction function,
            int defaultValue) {
        var range = NumericalValueRange.create(min, max);
        ranges.put(key, range);
        add(
                key,
                new NumericalEntry(
                        new KeySet(key),
                        NegotiationType.NEGOTIATED,
                        Use.LEADING_LOPNS,
                        status(normalOnly),
                        ours,
                        range,
                        function,
                        defaultValue,
                        false));
    }

    private void addBoolean(
            String key, Use use, boolean normalOnly, boolean ours, BooleanResultFunction function, boolean value) {
        add(key, new BooleanEntry(new KeySet(key), use, status(normalOnly), ours, function, value));
    }

    private void add(String key, Entry entry) {
        entries.add(entry);
        byKey.put(key, entry);
    }

    private NegotiationStatus status(boolean normalOnly) {
        return normalOnly && discovery ? NegotiationStatus.IRRELEVANT : NegotiationStatus.DEFAULT;
    }

    boolean knows(String key) {
        return byKey.containsKey(key) || OBSOLETE.contains(key);
    }

    /** Takes all offers of one request and appends the answers to them, in their order. */
    void negotiate(TextKeys offers, TextKeys answers) throws LoginRefusal {
        for (TextKeys.Pair offer : offers.pairs()) {
            if (OBSOLETE.contains(offer.key())) {
                answers.add(offer.key(), TextKeyword.REJECT);
            } else {
                negotiate(offer.key(), offer.value(), offers.get(TextKeyword.MAX_BURST_LENGTH), answers);
            }
        }
    }

    /** The one operational key that every stage understands. */
    void declareMaxRecvDataSegmentLength(String value) throws LoginRefusal {
        negotiate(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH, value, null, new TextKeys());
    }

    private void negotiate(String key, String value, @Nullable String maxBurst, TextKeys answers) throws LoginRefusal {
        if (!negotiated.add(key)) {
            throw LoginRefusal.initiatorError(key + " negotiated twice");
        }
        Entry entry = entry(key);
        String offer = checked(entry, key, value);
        if (key.equals(TextKeyword.FIRST_BURST_LENGTH)) {
            offer = withinMaxBurst(offer, maxBurst);
        }
        var pairs = new ArrayList<String>(1);
        if (!entry.negotiate(null, LoginStage.LOGIN_OPERATIONAL_NEGOTIATION, true, true, key, offer, pairs)) {
            throw LoginRefusal.initiatorError(key + "=" + Quoted.of(value));
        }
        for (String pair : pairs) {
            answers.add(key, pair.substring(key.length() + 1));
        }
    }

    /** FirstBurstLength must not exceed MaxBurstLength (RFC 7143 §13.14): any smaller answer is ours to give. */
    private String withinMaxBurst(String firstBurst, @Nullable String maxBurstOffer) throws LoginRefusal {
        long maxBurst = maxBurstOffer == null
                ? integer(TextKeyword.MAX_BURST_LENGTH)
                : number(TextKeyword.MAX_BURST_LENGTH, maxBurstOffer);
        return Long.toString(
                Math.min(number(TextKeyword.FIRST_BURST_LENGTH, firstBurst), Math.max(maxBurst, LENGTH_MIN)));
    }

    /** The offer as jSCSI's entries like it: within its range, numbers in decimal digits. */
    private String checked(Entry entry, String key, String value) throws LoginRefusal {
        var range = ranges.get(key);
        if (range != null) {
            long number = number(key, value);
            if (number > Integer.MAX_VALUE || !range.contains((int) number)) {
                throw LoginRefusal.initiatorError(key + "=" + Quoted.of(value) + " is not within " + range);
            }
            return Long.toString(number);
        }
        boolean fits =
                entry instanceof ListEntry list ? list.accepts(value) : value.equals("Yes") || value.equals("No");
        if (!fits) {
            throw LoginRefusal.initiatorError(key + "=" + Quoted.of(value) + ": no value that we support");
        }
        return value;
    }

    private static long number(String key, String value) throws LoginRefusal {
        try {
            return TextValue.number(value);
        } catch (TextFormatException malformed) {
            throw LoginRefusal.initiatorError(key + "=" + Quoted.of(value) + ": " + malformed.getMessage());
        }
    }

    /** Whether the burst lengths fit together; the defaults, or a MaxBurstLength of a later round, need not. */
    @Override
    public boolean checkConstraints() {
        return integer(TextKeyword.FIRST_BURST_LENGTH) <= integer(TextKeyword.MAX_BURST_LENGTH);
    }

    /** The outcome so far. */
    NegotiatedKeys keys(int maxRecvDataSegmentLength) {
        int maxBurst = integer(TextKeyword.MAX_BURST_LENGTH);
        return new NegotiatedKeys(
                digest(TextKeyword.HEADER_DIGEST),
                digest(TextKeyword.DATA_DIGEST),
                integer(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH),
                maxRecvDataSegmentLength,
                maxBurst,
                checkConstraints() ? integer(TextKeyword.FIRST_BURST_LENGTH) : maxBurst,
                bool(TextKeyword.INITIAL_R_2_T),
                bool(TextKeyword.IMMEDIATE_DATA),
                integer(TextKeyword.MAX_OUTSTANDING_R_2_T),
                integer(TextKeyword.DEFAULT_TIME_2_WAIT),
                integer(TextKeyword.DEFAULT_TIME_2_RETAIN),
                integer(TextKeyword.MAX_CONNECTIONS),
                integer(TextKeyword.ERROR_RECOVERY_LEVEL));
    }

    private int integer(String key) {
        return ((NumericalEntry) entry(key)).getIntegerValue();
    }

    private boolean bool(String key) {
        return ((BooleanEntry) entry(key)).getBooleanValue();
    }

    private boolean digest(String key) {
        return CRC32C.equals(((ListEntry) entry(key)).getStringValue());
    }

    private Entry entry(String key) {
        return Objects.requireNonNull(byKey.get(key));
    }
}
