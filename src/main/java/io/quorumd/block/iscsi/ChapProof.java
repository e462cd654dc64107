package io.quorumd.block.iscsi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quorumd.pdu.ChapAccount;
import io.quorumd.pdu.ChapAlgorithm;
import io.quorumd.pdu.TextFormatException;
import io.quorumd.pdu.TextKeys;
import io.quorumd.pdu.TextValue;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The initiator's side of CHAP, and of its mutual form (RFC 7143 §12.1.3). */
final class ChapProof {

    private static final int CHALLENGE_BYTES_MAX = 1024;

    private final ChapAccount account;
    private final SecureRandom random;
    private byte[] challenge = {};
    private int identifier;
    private @Nullable ChapAlgorithm algorithm;

    ChapProof(ChapAccount account, SecureRandom random) {
        this.account = account;
        this.random = random;
    }

    /**
     * All that we have. SHA-256 comes last, though stronger than two before it: tgt takes its number for SHA-1's, so that
     * a login to it would fail, and targets that have SHA-256 have SHA3-256, which comes first.
     */
    TextKeys offer() {
        String numbers = Stream.of(ChapAlgorithm.SHA3_256, ChapAlgorithm.SHA1, ChapAlgorithm.MD5, ChapAlgorithm.SHA256)
                .filter(ChapAlgorithm::isAvailable)
                .map(choice -> Integer.toString(choice.number()))
                .collect(Collectors.joining(","));
        return new TextKeys().add("CHAP_A", numbers);
    }

    /** Answers the target's challenge, with one of our own where it is to prove itself. */
    TextKeys respond(TextKeys keys) throws LoginFailure {
        ChapAlgorithm hash = ChapAlgorithm.of(number(keys, "CHAP_A"));
        long theirIdentifier = number(keys, "CHAP_I");
        byte[] theirs = binary(keys, "CHAP_C", CHALLENGE_BYTES_MAX);
        if (hash == null || theirIdentifier > 255) {
            throw LoginFailure.refused("chose a CHAP algorithm or identifier that was not offered");
        }
        algorithm = hash;
        TextKeys answer = new TextKeys()
                .add("CHAP_N", new String(account.user(), UTF_8))
                .add("CHAP_R", TextValue.hex(hash.response((int) theirIdentifier, account.secret(), theirs)));
        if (account.mutualSecret() != null) {
            challenge = new byte[hash.length()];
            do {
                random.nextBytes(challenge);
            } while (Arrays.equals(challenge, theirs));
            identifier = random.nextInt(256);
            answer.add("CHAP_I", Integer.toString(identifier)).add("CHAP_C", TextValue.hex(challenge));
        }
        return answer;
    }

    /** Checks the target's own proof, where it had to give one. */
    void verify(TextKeys keys) throws LoginFailure {
        byte[] secret = account.mutualSecret();
        String name = account.mutualUser();
        ChapAlgorithm hash = algorithm;
        if (secret == null || name == null || hash == null) {
            return;
        }
        String theirName = keys.get("CHAP_N");
        if (theirName == null || keys.get("CHAP_R") == null) {
            throw LoginFailure.refused("did not prove who it is, as mutual CHAP demands");
        }
        byte[] expected = hash.response(identifier, secret, challenge);
        boolean rightSecret = MessageDigest.isEqual(expected, binary(keys, "CHAP_R", hash.length()));
        if (!rightSecret || !theirName.equals(name)) {
            throw LoginFailure.refused("gave a wrong name or secret in mutual CHAP: it is not who it should be");
        }
    }

    private static long number(TextKeys keys, String key) throws LoginFailure {
        try {
            return TextValue.number(value(keys, key));
        } catch (TextFormatException malformed) {
            throw LoginFailure.refused("sent " + key + ": " + malformed.getMessage());
        }
    }

    private static byte[] binary(TextKeys keys, String key, int most) throws LoginFailure {
        try {
            return TextValue.binary(value(keys, key), most);
        } catch (TextFormatException malformed) {
            throw LoginFailure.refused("sent " + key + ": " + malformed.getMessage());
        }
    }

    private static String value(TextKeys keys, String key) throws LoginFailure {
        String value = keys.get(key);
        if (value == null) {
            throw LoginFailure.refused("left out " + key);
        }
        return value;
    }
}
