package io.quorumd.pdu;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code key=value} pairs of a text segment in their order (RFC 7143 §6.1), for target and initiator alike. A key may
 * stand more than once, as the answer to SendTargets needs; where that is forbidden, {@link #repeated} says so. A value is
 * everything behind the first {@code =}: blanks, commas, further {@code =} and UTF-8 included. Not thread-safe.
 */
public final class TextKeys {

    /** RFC 7143 §6.1: a key name has at most 63 bytes. */
    public static final int KEY_BYTES_MAX = 63;

    /** The longest value of the standard is a binary one of 1024 bytes (RFC 7143 §6.1): 2050 as hexadecimal digits. */
    public static final int VALUE_BYTES_MAX = 4096;

    /** Many times what any login sends, and a bound on what the answers to unknown keys may grow to. */
    public static final int PAIRS_MAX = 1024;

    /** One {@code key=value}. */
    public record Pair(String key, String value) {}

    private final List<Pair> pairs = new ArrayList<>();

    /**
     * Takes the readable bytes apart without moving the reader index or keeping the buffer. A missing NUL at the end and
     * superfluous ones are forgiven; bytes that are not UTF-8 become U+FFFD.
     *
     * @throws TextFormatException where a pair has no {@code =}, a key name that is none, or anything exceeds the limits
     */
    public static TextKeys parse(ByteBuf text) throws TextFormatException {
        var keys = new TextKeys();
        int end = text.writerIndex();
        for (int start = text.readerIndex(); start < end; ) {
            int nul = text.indexOf(start, end, (byte) 0);
            int stop = nul < 0 ? end : nul;
            if (stop > start) {
                keys.parsePair(text, start, stop);
            }
            start = stop + 1;
        }
        return keys;
    }

    private void parsePair(ByteBuf text, int start, int stop) throws TextFormatException {
        int equals = text.indexOf(start, stop, (byte) '=');
        if (equals < 0) {
            throw new TextFormatException("text without '='");
        }
        int keyBytes = equals - start;
        if (keyBytes == 0 || keyBytes > KEY_BYTES_MAX || !isName(text, start, equals)) {
            throw new TextFormatException("bad key name");
        }
        if (stop - equals - 1 > VALUE_BYTES_MAX) {
            throw new TextFormatException("value longer than " + VALUE_BYTES_MAX + " bytes");
        }
        if (pairs.size() == PAIRS_MAX) {
            throw new TextFormatException("more than " + PAIRS_MAX + " keys");
        }
        add(text.toString(start, keyBytes, UTF_8), text.toString(equals + 1, stop - equals - 1, UTF_8));
    }

    private static boolean isName(ByteBuf text, int start, int stop) {
        for (int i = start; i < stop; i++) {
            byte c = text.getByte(i);
            if (c <= ' ' || c == 0x7f || c == ',') {
                return false;
            }
        }
        return true;
    }

    /** Appends a pair. */
    public TextKeys add(String key, String value) {
        pairs.add(new Pair(key, value));
        return this;
    }

    /** The first value of that key, or null where it does not stand. */
    public @Nullable String get(String key) {
        for (Pair pair : pairs) {
            if (pair.key().equals(key)) {
                return pair.value();
            }
        }
        return null;
    }

    /** A view of the pairs in their order. */
    public List<Pair> pairs() {
        return Collections.unmodifiableList(pairs);
    }

    public boolean isEmpty() {
        return pairs.isEmpty();
    }

    /** The first key that stands twice, which a negotiation forbids (RFC 7143 §6.2), or null. */
    public @Nullable String repeated() {
        var seen = new HashSet<String>();
        for (Pair pair : pairs) {
            if (!seen.add(pair.key())) {
                return pair.key();
            }
        }
        return null;
    }

    /** The pairs as they stand on the wire, each ended by a NUL, in an unpooled heap buffer that the caller owns. */
    public ByteBuf encode() {
        var text = Unpooled.buffer(64 * pairs.size());
        for (Pair pair : pairs) {
            ByteBufUtil.writeUtf8(text, pair.key());
            text.writeByte('=');
            ByteBufUtil.writeUtf8(text, pair.value());
            text.writeByte(0);
        }
        return text;
    }

    @Override
    public String toString() {
        // Keys only: values may be secrets or hostile.
        return pairs.stream().map(Pair::key).toList().toString();
    }
}
