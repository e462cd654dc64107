package io.quorumd.iscsi.login;

import io.quorumd.pdu.TextKeys;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.target.connection.phase.TargetPhase;
import org.jscsi.target.connection.stage.TargetStage;

/** A stage of the login: answers the keys of one round; as many rounds as the initiator needs. */
abstract class KeyStage extends TargetStage {

    private final LoginExchange exchange;

    KeyStage(TargetPhase phase, LoginExchange exchange) {
        super(phase);
        this.exchange = exchange;
    }

    /** One round, whose keys the exchange holds. */
    @Override
    public final void execute(ProtocolDataUnit request) throws LoginRefusal {
        answer(
                exchange.offers(),
                exchange.answers(),
                request.getBasicHeaderSegment().isFinalFlag());
    }

    /** @param leave whether the initiator wants to leave the stage with this round (T bit) */
    abstract void answer(TextKeys offers, TextKeys answers, boolean leave) throws LoginRefusal;

    /** Whether the stage may be left now. */
    abstract boolean complete();

    LoginExchange exchange() {
        return exchange;
    }
}
