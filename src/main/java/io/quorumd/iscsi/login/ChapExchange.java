package io.quorumd.iscsi.login;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.ChapAlgorithm;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Set;
import org.jscsi.parser.login.LoginStatus;
import org.jspecify.annotations.Nullable;

/**
 * One run of CHAP, mutual where the initiator asks for it (RFC 7143 §12.1.3): CHAP_A, then our challenge and its response.
 * Every failure looks alike from outside, and ends the login; a challenge is answered once.
 */
final class ChapExchange {

    private static final String A = "CHAP_A";
    private static final String I = "CHAP_I";
    private static final String C = "CHAP_C";
    private static final String N = "CHAP_N";
    private static final String R = "CHAP_R";

    static final Set<String> KEYS = Set.of(A, I, C, N, R);

    private static final int CHALLENGE_BYTES_MAX = 1024;

    private final ChapAccount account;
    private final SecureRandom random;
    private @Nullable ChapAlgorithm algorithm;
    private int identifier;
    private byte[] challenge = {};
    private boolean succeeded;

    ChapExchange(ChapAccount account, SecureRandom random) {
        this.account = account;
        this.random = random;
    }

    boolean succeeded() {
        return succeeded;
    }

    void answer(TextKeys offers, TextKeys answers) throws LoginRefusal {
        if (succeeded) {
            throw failure("CHAP keys after its end");
        }
        if (algorithm == null) {
            algorithm = challenge(offers, answers);
        } else {
            verify(algorithm, offers, answers);
            succeeded = true;
        }
    }

    /** Of the initiator's list the first that we have. */
    private ChapAlgorithm challenge(TextKeys offers, TextKeys answers) throws LoginRefusal {
        String list = offers.get(A);
        if (list == null || offers.pairs().size() > 1) {
            throw failure("CHAP does not begin with CHAP_A");
        }
        for (String offered : TextValue.list(list)) {
            ChapAlgorithm choice = ChapAlgorithm.of(number(A, offered));
            if (choice != null) {
                challenge = new byte[choice.length()];
                random.nextBytes(challenge);
                identifier = random.nextInt(256);
                answers.add(A, Integer.toString(choice.number()));
                answers.add(I, Integer.toString(identifier));
                answers.add(C, TextValue.hex(challenge));
                return choice;
            }
        }
        throw failure("CHAP_A=" + Quoted.of(list) + ": none that we support");
    }

    private void verify(ChapAlgorithm hash, TextKeys offers, TextKeys answers) throws LoginRefusal {
        String name = offers.get(N);
        String response = offers.get(R);
        if (name == null || response == null || offers.get(A) != null) {
            throw failure("CHAP_N and CHAP_R expected");
        }
        byte[] expected = hash.response(identifier, account.secret(), challenge);
        // Both are compared, in constant time, so that a wrong name takes as long as a wrong secret.
        boolean rightSecret = MessageDigest.isEqual(expected, binary(R, response, hash.length()));
        boolean rightName = MessageDigest.isEqual(account.user(), name.getBytes(UTF_8));
        if (!rightSecret || !rightName) {
            throw failure("wrong CHAP name or secret, name " + Quoted.of(name));
        }
        if (offers.get(I) != null || offers.get(C) != null) {
            proveOurselves(hash, offers, answers);
        }
    }

    /** The initiator wants proof as well, by a challenge that must not be the one we gave (RFC 7143 §9.2.1). */
    private void proveOurselves(ChapAlgorithm hash, TextKeys offers, TextKeys answers) throws LoginRefusal {
        String theirId = offers.get(I);
        String theirChallenge = offers.get(C);
        String ourName = account.mutualUser();
        byte[] ourSecret = account.mutualSecret();
        if (theirId == null || theirChallenge == null) {
            throw failure("CHAP_I and CHAP_C belong together");
        }
        if (ourName == null || ourSecret == null) {
            throw failure("mutual CHAP wanted, but no mutual secret is configured");
        }
        long id = number(I, theirId);
        byte[] bytes = binary(C, theirChallenge, CHALLENGE_BYTES_MAX);
        if (id > 255) {
            throw failure("CHAP_I=" + Quoted.of(theirId));
        }
        if (MessageDigest.isEqual(bytes, challenge)) {
            throw failure("our own challenge reflected");
        }
        answers.add(N, ourName);
        answers.add(R, TextValue.hex(hash.response((int) id, ourSecret, bytes)));
    }

    private static long number(String key, String value) throws LoginRefusal {
        try {
            return TextValue.number(value);
        } catch (TextFormatException malformed) {
            throw failure(key + ": " + malformed.getMessage());
        }
    }

    private static byte[] binary(String key, String value, int bytesMax) throws LoginRefusal {
        try {
            return TextValue.binary(value, bytesMax);
        } catch (TextFormatException malformed) {
            throw failure(key + ": " + malformed.getMessage());
        }
    }

    private static LoginRefusal failure(String reason) {
        return new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, reason);
    }
}
