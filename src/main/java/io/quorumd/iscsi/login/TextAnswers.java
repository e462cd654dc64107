package io.quorumd.iscsi.login;

import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import java.net.InetSocketAddress;
import java.util.List;
import org.jscsi.target.settings.TextKeyword;

/** What the keys of full feature phase are answered with. */
final class TextAnswers {

    private static final int LENGTH_MIN = 512;
    private static final int LENGTH_MAX = (1 << 24) - 1;

    private final LoginPolicy policy;
    private final LoginResult login;
    private final InetSocketAddress portal;
    private final OperationalNegotiator known = new OperationalNegotiator(false);
    private int maxSendDataSegmentLength;

    TextAnswers(LoginPolicy policy, LoginResult login, InetSocketAddress portal) {
        this.policy = policy;
        this.login = login;
        this.portal = portal;
        maxSendDataSegmentLength = login.keys().maxSendDataSegmentLength();
    }

    int maxSendDataSegmentLength() {
        return maxSendDataSegmentLength;
    }

    TextKeys answer(TextKeys keys) {
        var answers = new TextKeys();
        for (TextKeys.Pair key : keys.pairs()) {
            switch (key.key()) {
                case TextKeyword.SEND_TARGETS -> sendTargets(key.value(), answers);
                case TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH -> declareLength(key.value(), answers);
                case TextKeyword.INITIATOR_ALIAS -> {} // a declaration without consequence
                default ->
                    answers.add(key.key(), isForLogin(key.key()) ? TextKeyword.REJECT : TextKeyword.NOT_UNDERSTOOD);
            }
        }
        return answers;
    }

    /** RFC 7143 appendix C: everything is for discovery sessions; others learn about their own target only. */
    private void sendTargets(String wanted, TextKeys answers) {
        boolean all = wanted.equals(TextKeyword.ALL);
        String own = login.targetName();
        if ((all && own != null) || (wanted.isEmpty() && own == null)) {
            answers.add(TextKeyword.SEND_TARGETS, TextKeyword.REJECT);
            return;
        }
        String name = wanted.isEmpty() && own != null ? own : LoginExchange.normal(wanted);
        for (DiscoveredTarget target : policy.targets(login.initiatorName(), portal)) {
            boolean asked = all || (target.name().equals(name) && (own == null || own.equals(name)));
            if (asked) {
                answers.add(TextKeyword.TARGET_NAME, target.name());
                for (TargetAddress address : target.addresses()) {
                    answers.add(TextKeyword.TARGET_ADDRESS, address.toString());
                }
            }
        }
    }

    private void declareLength(String value, TextKeys answers) {
        long length;
        try {
            length = TextValue.number(value);
        } catch (TextFormatException malformed) {
            length = -1;
        }
        if (length < LENGTH_MIN || length > LENGTH_MAX) {
            answers.add(TextKeyword.MAX_RECV_DATA_SEGMENT_LENGTH, TextKeyword.REJECT);
        } else {
            maxSendDataSegmentLength = (int) length;
        }
    }

    private boolean isForLogin(String key) {
        return known.knows(key)
                || SecurityStage.isSecurityKey(key)
                || List.of(
                                TextKeyword.INITIATOR_NAME,
                                TextKeyword.TARGET_NAME,
                                TextKeyword.SESSION_TYPE,
                                TextKeyword.TARGET_ALIAS,
                                TextKeyword.TARGET_ADDRESS,
                                TextKeyword.TARGET_PORTAL_GROUP_TAG)
                        .contains(key);
    }
}
