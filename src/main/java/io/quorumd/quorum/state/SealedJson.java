package io.quorumd.quorum.state;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A small record as JSON that a person can read and nobody can change by accident: {@code {"sha256":"…","volume":{…}}},
 * the digest being that of the exact bytes of the inner object.
 */
final class SealedJson {

    private static final int FORMAT = 1;
    private static final int DIGEST_DIGITS = 64;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SealedJson() {}

    static ObjectNode node() {
        return JSON.createObjectNode().put("format", FORMAT);
    }

    static byte[] seal(String kind, ObjectNode content) {
        String body = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return (head(digest(bytes), kind) + body + "}\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The inner object, which is exactly what was sealed. */
    static JsonNode open(String kind, byte[] sealed) throws DamageException {
        int start = head("0".repeat(DIGEST_DIGITS), kind).length();
        int end = sealed.length - 2;
        if (end <= start) {
            throw new DamageException("is cut short (" + sealed.length + " bytes)");
        }
        byte[] body = Arrays.copyOfRange(sealed, start, end);
        byte[] frame = (head(digest(body), kind) + "}\n").getBytes(StandardCharsets.UTF_8);
        if (!Arrays.equals(frame, 0, start, sealed, 0, start)
                || !Arrays.equals(frame, start, start + 2, sealed, end, sealed.length)) {
            throw new DamageException("does not match its own SHA-256");
        }
        JsonNode content = parse(body);
        int format = content.path("format").asInt(0);
        if (format != FORMAT) {
            throw new DamageException("has format " + format + ", of which this version knows only " + FORMAT);
        }
        return content;
    }

    private static JsonNode parse(byte[] body) throws DamageException {
        try {
            return JSON.readTree(body);
        } catch (JacksonException notJson) {
            throw new DamageException("is not JSON");
        }
    }

    private static String head(String digest, String kind) {
        return "{\"sha256\":\"" + digest + "\",\"" + kind + "\":";
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
