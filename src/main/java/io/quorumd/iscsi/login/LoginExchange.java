package io.quorumd.iscsi.login;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.IscsiName;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jscsi.parser.login.LoginStatus;
import org.jscsi.target.settings.TextKeyword;
import org.jspecify.annotations.Nullable;

/** What a login knows, across its rounds and stages: who wants what, what the policy said, the keys of this round. */
final class LoginExchange {

    /** Declarations that identify the login; repeated with the same value they are harmless, and libiscsi repeats them. */
    private static final Set<String> IDENTITY = Set.of(
            TextKeyword.INITIATOR_NAME, TextKeyword.INITIATOR_ALIAS, TextKeyword.TARGET_NAME, TextKeyword.SESSION_TYPE);

    /** What only a target declares, or only full feature phase knows (RFC 7143 §13). */
    private static final Set<String> NOT_FROM_INITIATOR = Set.of(
            TextKeyword.TARGET_ALIAS,
            TextKeyword.TARGET_ADDRESS,
            TextKeyword.TARGET_PORTAL_GROUP_TAG,
            TextKeyword.SEND_TARGETS);

    private final LoginPolicy policy;
    private final InetSocketAddress portal;
    private final Map<String, String> declared = new HashMap<>();

    private TextKeys offers = new TextKeys();
    private TextKeys answers = new TextKeys();
    private String initiatorName = "";
    private TargetVerdict.@Nullable Admitted target;
    private TargetVerdict.@Nullable Moved moved;
    private boolean discovery;
    private @Nullable ChapAccount chap;
    private @Nullable OperationalNegotiator negotiator;

    LoginExchange(LoginPolicy policy, InetSocketAddress portal) {
        this.policy = policy;
        this.portal = portal;
    }

    /** Takes the keys of one round: identity is settled with the first, the rest waits for the stage. */
    void begin(TextKeys keys) throws LoginRefusal {
        offers = new TextKeys();
        answers = new TextKeys();
        for (TextKeys.Pair pair : keys.pairs()) {
            if (IDENTITY.contains(pair.key())) {
                declare(pair.key(), pair.value());
            } else if (NOT_FROM_INITIATOR.contains(pair.key())) {
                throw LoginRefusal.initiatorError(pair.key() + " in a login request");
            } else {
                offers.add(pair.key(), pair.value());
            }
        }
        if (negotiator == null) {
            identify();
        }
    }

    private void declare(String key, String value) throws LoginRefusal {
        String before = declared.putIfAbsent(key, value);
        boolean late = before == null && negotiator != null && !key.equals(TextKeyword.INITIATOR_ALIAS);
        if (late || (before != null && !before.equals(value))) {
            throw LoginRefusal.initiatorError(key + " declared " + (late ? "after the first request" : "differently"));
        }
    }

    /** RFC 7143 §6.3: names and session type stand in the first request. */
    private void identify() throws LoginRefusal {
        String name = declared.get(TextKeyword.INITIATOR_NAME);
        if (name == null) {
            throw new LoginRefusal(LoginStatus.MISSING_PARAMETER, "no InitiatorName");
        }
        try {
            initiatorName = IscsiName.normalize(name);
        } catch (TextFormatException malformed) {
            throw LoginRefusal.initiatorError("InitiatorName=" + Quoted.of(name) + ": " + malformed.getMessage());
        }
        String type = declared.getOrDefault(TextKeyword.SESSION_TYPE, TextKeyword.NORMAL);
        switch (type) {
            case TextKeyword.NORMAL -> admit(declared.get(TextKeyword.TARGET_NAME));
            case TextKeyword.DISCOVERY -> {
                discovery = true;
                chap = policy.discoveryChap(initiatorName);
            }
            default -> throw new LoginRefusal(LoginStatus.SESSION_TYPE_NOT_SUPPORTED, "SessionType=" + Quoted.of(type));
        }
        negotiator = new OperationalNegotiator(discovery);
    }

    /** As it stands where it is no name, which is then that of no target. */
    static String normal(String wanted) {
        try {
            return IscsiName.normalize(wanted);
        } catch (TextFormatException noName) {
            return wanted;
        }
    }

    private void admit(@Nullable String wanted) throws LoginRefusal {
        if (wanted == null) {
            throw new LoginRefusal(LoginStatus.MISSING_PARAMETER, "no TargetName");
        }
        switch (policy.admit(initiatorName, normal(wanted), portal)) {
            case TargetVerdict.Admitted admitted -> {
                target = admitted;
                chap = admitted.chap();
                answers.add(TextKeyword.TARGET_PORTAL_GROUP_TAG, Integer.toString(admitted.portalGroupTag()));
            }
            case TargetVerdict.Moved elsewhere -> {
                moved = elsewhere;
                chap = elsewhere.chap();
                answers.add(TextKeyword.TARGET_PORTAL_GROUP_TAG, Integer.toString(elsewhere.portalGroupTag()));
            }
            case TargetVerdict.Denied denied -> throw refusal(denied, wanted);
        }
    }

    /** Sends the initiator where its target is, if that is elsewhere; asked when nothing is left to be proved. */
    void redirect() throws LoginRefusal {
        if (moved != null) {
            throw new LoginRefusal(
                    moved.forGood() ? LoginStatus.TARGET_MOVED : LoginStatus.TARGET_MOVED_TEMPORARILY,
                    Quoted.of(declared.getOrDefault(TextKeyword.TARGET_NAME, "")) + " is at " + moved.portal(),
                    moved.portal());
        }
    }

    boolean isRedirected() {
        return moved != null;
    }

    private LoginRefusal refusal(TargetVerdict.Denied denied, String wanted) {
        var status = switch (denied) {
            case UNKNOWN -> LoginStatus.NOT_FOUND;
            case FORBIDDEN -> LoginStatus.AUTHORIZATION_FAILURE;
            case REMOVED -> LoginStatus.TARGET_REMOVED;
            case UNAVAILABLE -> LoginStatus.SERVICE_UNAVAILABLE;
        };
        return new LoginRefusal(status, "target " + Quoted.of(wanted) + " " + denied + " for " + initiatorName);
    }

    boolean isDiscovery() {
        return discovery;
    }

    int commandWindow() {
        return policy.commandWindow(discovery);
    }

    /** The keys of this round that the stage has to answer. */
    TextKeys offers() {
        return offers;
    }

    TextKeys answers() {
        return answers;
    }

    LoginPolicy policy() {
        return policy;
    }

    /** What the initiator has to prove; null: nothing. */
    @Nullable
    ChapAccount chap() {
        return chap;
    }

    OperationalNegotiator negotiator() {
        if (negotiator == null) {
            throw new IllegalStateException("before the first request");
        }
        return negotiator;
    }

    String initiatorName() {
        return initiatorName;
    }

    @Nullable
    String alias() {
        return declared.get(TextKeyword.INITIATOR_ALIAS);
    }

    @Nullable
    String targetName() {
        return target == null ? null : target.targetName();
    }

    /** What the target calls itself, to be told only to those who have proved what they had to. */
    @Nullable
    String targetAlias() {
        return target == null ? null : target.alias();
    }

    SessionIdentity session(long isid48) {
        return new SessionIdentity(initiatorName, isid48, targetName(), portalGroupTag());
    }

    int portalGroupTag() {
        return target == null ? 0 : target.portalGroupTag();
    }
}
