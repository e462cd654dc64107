package io.quorumd.block.iscsi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Who we are to a target: the initiator port, by which the target knows a session that takes the place of an old one, and
 * the key of our persistent reservation.
 *
 * @param initiatorName iSCSI name
 * @param isid48 six bytes, of the random format (RFC 7143 §11.12.5)
 * @param key eight bytes, not 0: who the volume is, and in its lowest {@value #GENERATION_BITS} bits which of its starts
 *     this is
 */
public record IscsiOwner(String initiatorName, long isid48, long key) {

    static final int GENERATION_BITS = 24;

    private static final long GENERATION_MASK = (1L << GENERATION_BITS) - 1;
    private static final long RANDOM_FORMAT = 0x80L << 40;
    private static final long ISID_RANDOM = (1L << 40) - 1;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * A volume's own session with one of its children: the same whenever the volume is started again, so that a new start
     * ends the session that a killed one left behind.
     *
     * @param volume who the volume is in all the world
     * @param generation counts the volume's starts
     * @param child the child's name in the volume
     */
    public static IscsiOwner of(String initiatorName, String volume, long generation, String child) {
        long isid = RANDOM_FORMAT | (digest(volume + "\0" + child) & ISID_RANDOM);
        // The highest bit keeps the key from ever being 0.
        long key = (digest(volume) & ~GENERATION_MASK) | Long.MIN_VALUE | (generation & GENERATION_MASK);
        return new IscsiOwner(initiatorName, isid, key);
    }

    /** Somebody who only has a look: a session of its own, which takes no other's place, and no key. */
    public static IscsiOwner passerBy(String initiatorName) {
        return new IscsiOwner(initiatorName, RANDOM_FORMAT | (RANDOM.nextLong() & ISID_RANDOM), 0);
    }

    /** Whether a key is of the same volume, whichever start of it. */
    boolean isSameVolume(long other) {
        return (key & ~GENERATION_MASK) == (other & ~GENERATION_MASK);
    }

    /** Whether a key of the same volume is of a later start than ours. */
    boolean isOlderThan(long other) {
        long ahead = (other - key) & GENERATION_MASK;
        return ahead != 0 && ahead <= GENERATION_MASK / 2;
    }

    private static long digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
