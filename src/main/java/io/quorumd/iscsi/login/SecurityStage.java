package io.quorumd.iscsi.login;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import java.security.SecureRandom;
import org.jscsi.parser.login.LoginStatus;
import org.jscsi.target.connection.phase.TargetPhase;
import org.jscsi.target.settings.TextKeyword;
import org.jspecify.annotations.Nullable;

/** SecurityNegotiation (RFC 7143 §6.3.2, §12): agrees on AuthMethod and lets CHAP run its course. */
final class SecurityStage extends KeyStage {

    private static final String CHAP = "CHAP";

    private final SecureRandom random;
    private boolean agreed;
    private @Nullable ChapExchange proof;

    SecurityStage(TargetPhase phase, LoginExchange exchange, SecureRandom random) {
        super(phase, exchange);
        this.random = random;
    }

    static boolean isSecurityKey(String key) {
        return key.equals(TextKeyword.AUTH_METHOD) || ChapExchange.KEYS.contains(key);
    }

    @Override
    void answer(TextKeys offers, TextKeys answers, boolean leave) throws LoginRefusal {
        var chap = new TextKeys();
        for (TextKeys.Pair offer : offers.pairs()) {
            if (offer.key().equals(TextKeyword.AUTH_METHOD)) {
                agree(offer.value(), answers);
            } else if (ChapExchange.KEYS.contains(offer.key())) {
                chap.add(offer.key(), offer.value());
            } else if (offer.key().equals(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH)) {
                exchange().negotiator().declareMaxRecvDataSegmentLength(offer.value());
            } else if (exchange().negotiator().knows(offer.key())) {
                throw LoginRefusal.initiatorError(offer.key() + " in the security stage");
            } else {
                answers.add(offer.key(), TextKeyword.NOT_UNDERSTOOD);
            }
        }
        if (!chap.isEmpty()) {
            if (proof == null) {
                throw LoginRefusal.initiatorError("CHAP keys before AuthMethod=CHAP");
            }
            proof.answer(chap, answers);
        } else if (leave && exchange().chap() != null && proof == null) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "no AuthMethod where CHAP is required");
        }
    }

    /** Of the initiator's list the first that will do; where proof is required, only CHAP will. */
    private void agree(String offered, TextKeys answers) throws LoginRefusal {
        if (agreed) {
            throw LoginRefusal.initiatorError("AuthMethod negotiated twice");
        }
        agreed = true;
        ChapAccount account = exchange().chap();
        String method = account == null ? TextKeyword.NONE : CHAP;
        if (!TextValue.list(offered).contains(method)) {
            throw new LoginRefusal(
                    LoginStatus.AUTHENTICATION_FAILURE,
                    "AuthMethod=" + Quoted.of(offered) + " from " + exchange().initiatorName() + ", " + method
                            + " is required");
        }
        if (account != null) {
            proof = new ChapExchange(account, random);
        }
        answers.add(TextKeyword.AUTH_METHOD, method);
    }

    @Override
    boolean complete() {
        return exchange().chap() == null || (proof != null && proof.succeeded());
    }
}
