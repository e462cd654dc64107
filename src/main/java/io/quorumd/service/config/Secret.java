package io.quorumd.service.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that no log, message or JSON ever shows. */
public final class Secret {

    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The UTF-8 bytes of a text; what configuration binding calls. */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    static Secret of(byte[] bytes) {
        return new Secret(bytes.clone());
    }

    /** A copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    int length() {
        return bytes.length;
    }

    boolean isEmpty() {
        return bytes.length == 0;
    }

    boolean sameAs(Secret other) {
        return Arrays.equals(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return isEmpty() ? "" : "******";
    }
}
