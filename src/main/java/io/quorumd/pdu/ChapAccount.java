package io.quorumd.pdu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * CHAP names and secrets (RFC 7143 §9.2.1, §12.1.3). Secrets never appear in {@link #toString}, and nothing but the proof
 * reads them.
 */
public final class ChapAccount {

    /** 96 bits, the least that RFC 7143 §9.2.1 allows where IPsec is not used. */
    public static final int SECRET_BYTES_MIN = 12;

    public static final int SECRET_BYTES_MAX = 255;

    private final String user;
    private final byte[] secret;
    private final @Nullable String mutualUser;
    private final byte @Nullable [] mutualSecret;

    private ChapAccount(String user, byte[] secret, @Nullable String mutualUser, byte @Nullable [] mutualSecret) {
        this.user = checkUser(user);
        this.secret = checkSecret(secret);
        this.mutualUser = mutualUser == null ? null : checkUser(mutualUser);
        this.mutualSecret = mutualSecret == null ? null : checkSecret(mutualSecret);
        if (this.mutualSecret != null && MessageDigest.isEqual(this.secret, this.mutualSecret)) {
            throw new IllegalArgumentException("the secrets of the two directions must differ");
        }
    }

    /**
     * The initiator proves that it knows a secret: any bytes, of which a copy is kept.
     *
     * @throws IllegalArgumentException for an empty name or a secret that is not 12 to 255 bytes; the message never contains it
     */
    public static ChapAccount oneWay(String user, byte[] secret) {
        return new ChapAccount(user, secret, null, null);
    }

    /** As above, the secret being the UTF-8 form of a text. */
    public static ChapAccount oneWay(String user, String secret) {
        return oneWay(user, secret.getBytes(UTF_8));
    }

    /**
     * Both prove it, where the initiator asks for that.
     *
     * @throws IllegalArgumentException as above, and for equal secrets
     */
    public static ChapAccount mutual(String user, byte[] secret, String mutualUser, byte[] mutualSecret) {
        return new ChapAccount(user, secret, mutualUser, mutualSecret);
    }

    /** As above, the secrets being the UTF-8 forms of texts. */
    public static ChapAccount mutual(String user, String secret, String mutualUser, String mutualSecret) {
        return mutual(user, secret.getBytes(UTF_8), mutualUser, mutualSecret.getBytes(UTF_8));
    }

    /** One that nobody has: whoever tries to prove it fails as with a wrong secret. */
    public static ChapAccount unknowable(SecureRandom random) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        return oneWay(HexFormat.of().formatHex(secret, 16, 32), Arrays.copyOf(secret, 16));
    }

    /** UTF-8. */
    public byte[] user() {
        return user.getBytes(UTF_8);
    }

    /** Not a copy. */
    public byte[] secret() {
        return secret;
    }

    /** The name the target gives; null: it is not asked for. */
    public @Nullable String mutualUser() {
        return mutualUser;
    }

    /** Not a copy. */
    public byte @Nullable [] mutualSecret() {
        return mutualSecret;
    }

    private static String checkUser(String user) {
        int bytes = user.getBytes(UTF_8).length;
        if (bytes == 0 || bytes > 255 || user.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a CHAP name has 1 to 255 bytes");
        }
        return user;
    }

    private static byte[] checkSecret(byte[] secret) {
        if (secret.length < SECRET_BYTES_MIN || secret.length > SECRET_BYTES_MAX) {
            throw new IllegalArgumentException("a CHAP secret has 12 to 255 bytes, this one " + secret.length);
        }
        return secret.clone();
    }

    @Override
    public String toString() {
        return "ChapAccount[" + user + (mutualUser == null ? "" : ", mutual " + mutualUser) + "]";
    }
}
