package io.quorumd.pdu;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The hash functions of CHAP_A (RFC 7143 §12.1.3, and the IANA registry of CHAP algorithms). */
public enum ChapAlgorithm {
    MD5(5, "MD5", 16),
    SHA1(6, "SHA-1", 20),
    SHA256(7, "SHA-256", 32),
    SHA3_256(8, "SHA3-256", 32);

    private final int number;
    private final String digest;
    private final int length;

    ChapAlgorithm(int number, String digest, int length) {
        this.number = number;
        this.digest = digest;
        this.length = length;
    }

    /** That of a number, null where there is none or this Java runtime has it switched off. */
    public static @Nullable ChapAlgorithm of(long number) {
        for (ChapAlgorithm algorithm : values()) {
            if (algorithm.number == number && algorithm.isAvailable()) {
                return algorithm;
            }
        }
        return null;
    }

    /** Whether this Java runtime has it. */
    public boolean isAvailable() {
        try {
            MessageDigest.getInstance(digest);
            return true;
        } catch (NoSuchAlgorithmException switchedOff) {
            return false;
        }
    }

    public int number() {
        return number;
    }

    /** Bytes of a response; we make challenges just as long. */
    public int length() {
        return length;
    }

    /** The response to a challenge (RFC 1994 §4.1): the hash of identifier, secret and challenge. */
    public byte[] response(int identifier, byte[] secret, byte[] challenge) {
        MessageDigest hash;
        try {
            hash = MessageDigest.getInstance(digest);
        } catch (NoSuchAlgorithmException switchedOff) {
            throw new IllegalStateException(switchedOff);
        }
        hash.update((byte) identifier);
        hash.update(secret);
        return hash.digest(challenge);
    }
}
