package io.quorumd.pdu.jscsi;

import io.quorumd.pdu.TextValue;
import java.util.List;
import org.jscsi.target.TargetServer;
import org.jscsi.target.settings.KeySet;
import org.jscsi.target.settings.NegotiationStatus;
import org.jscsi.target.settings.NegotiationType;
import org.jscsi.target.settings.entry.Entry;
import org.jscsi.target.settings.entry.Use;
import org.jspecify.annotations.Nullable;

/**
 * A key negotiated from a list, in place of jSCSI's {@code StringEntry}: there the target's order wins and the peer's text
 * is run as a regular expression; RFC 7143 §6.2.1 gives the choice to the order of the proposer.
 */
public final class ListEntry extends Entry {

    private final List<String> supported;

    /** @param defaultValue what holds where the key is never negotiated */
    public ListEntry(String key, Use use, NegotiationStatus status, List<String> supported, String defaultValue) {
        super(new KeySet(key), NegotiationType.NEGOTIATED, use, status, defaultValue);
        this.supported = supported;
    }

    /** Whether one of those offered is supported; an offer for which this is false must not be negotiated, as jSCSI logs an error. */
    public boolean accepts(String values) {
        return TextValue.list(values).stream().anyMatch(supported::contains);
    }

    @Override
    protected Object parseOffer(@Nullable TargetServer unused, String values) {
        return TextValue.list(values);
    }

    @Override
    protected boolean inProtocolValueRange(Object values) {
        return values instanceof List;
    }

    @Override
    protected void processDeclaration(Object values) {
        throw new IllegalStateException("lists are negotiated");
    }

    @Override
    protected @Nullable String processNegotiation(Object values) {
        for (Object offered : (List<?>) values) {
            if (offered instanceof String choice && supported.contains(choice)) {
                value = choice;
                return choice;
            }
        }
        return null;
    }

    @Override
    public String getStringValue() {
        return (String) value;
    }

    @Override
    public Entry copy() {
        var copy = new ListEntry(keySet.getValue(), use, negotiationStatus, supported, (String) value);
        copy.alreadyNegotiated = alreadyNegotiated;
        return copy;
    }
}
