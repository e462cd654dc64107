package io.quorumd.iscsi.login;

import io.quorumd.pdu.TextKeys;
import org.jscsi.target.connection.phase.TargetPhase;
import org.jscsi.target.settings.TextKeyword;

/** LoginOperationalNegotiation (RFC 7143 §6.3.3): answers offers, and declares what is ours to declare. */
final class OperationalStage extends KeyStage {

    private boolean declared;

    OperationalStage(TargetPhase phase, LoginExchange exchange) {
        super(phase, exchange);
    }

    @Override
    void answer(TextKeys offers, TextKeys answers, boolean leave) throws LoginRefusal {
        var known = new TextKeys();
        for (TextKeys.Pair offer : offers.pairs()) {
            if (exchange().negotiator().knows(offer.key())) {
                known.add(offer.key(), offer.value());
            } else if (SecurityStage.isSecurityKey(offer.key())) {
                throw LoginRefusal.initiatorError(offer.key() + " in the operational stage");
            } else {
                answers.add(offer.key(), TextKeyword.NOT_UNDERSTOOD);
            }
        }
        exchange().negotiator().negotiate(known, answers);
        if (!declared) {
            declared = true;
            String alias = exchange().targetAlias();
            if (alias != null) {
                answers.add(TextKeyword.TARGET_ALIAS, alias);
            }
            answers.add(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH, Integer.toString(ours()));
        }
    }

    @Override
    boolean complete() {
        return true;
    }

    /** What the initiator knows that we can receive. */
    int maxRecvDataSegmentLength() {
        return declared ? ours() : OperationalNegotiator.DEFAULT_DATA_SEGMENT_LENGTH;
    }

    /** Questions of a discovery session are short, and whoever asks them may be anybody. */
    private int ours() {
        return exchange().isDiscovery()
                ? OperationalNegotiator.DEFAULT_DATA_SEGMENT_LENGTH
                : OperationalNegotiator.MAX_RECV_DATA_SEGMENT_LENGTH;
    }
}
