package io.quorumd.quorum.state;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A journal entry as a line of text: 8 hex digits, the CRC32C of what follows them, a space, JSON.
 *
 * @param number counts the journal's entries from 1
 * @param skipped how many entries before it came too fast to be written
 */
record JournalLine(long number, long skipped, JournalEntry entry) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int CHECKSUM_DIGITS = 8;

    String encode() {
        ObjectNode node = JSON.createObjectNode()
                .put("number", number)
                .put("skipped", skipped)
                .put("time", entry.time().toString())
                .put("sector", entry.sector())
                .put("sectors", entry.sectors())
                .put("child", entry.child());
        ObjectNode digests = node.putObject("digests");
        entry.digests().forEach(digests::put);
        node.put("action", entry.action());
        String json = JSON.writeValueAsString(node);
        return checksum(json) + " " + json + "\n";
    }

    /** @return null when the line is not exactly what was once written */
    static @Nullable JournalLine decode(String line) {
        if (line.length() <= CHECKSUM_DIGITS || line.charAt(CHECKSUM_DIGITS) != ' ') {
            return null;
        }
        String json = line.substring(CHECKSUM_DIGITS + 1);
        if (!line.startsWith(checksum(json))) {
            return null;
        }
        try {
            JsonNode node = JSON.readTree(json);
            Map<String, String> digests = new LinkedHashMap<>();
            node.required("digests")
                    .properties()
                    .forEach(digest ->
                            digests.put(digest.getKey(), digest.getValue().stringValue()));
            JournalEntry entry = new JournalEntry(
                    Instant.parse(node.required("time").stringValue()),
                    node.required("sector").longValue(),
                    node.required("sectors").longValue(),
                    node.required("child").stringValue(),
                    digests,
                    node.required("action").stringValue());
            return new JournalLine(
                    node.required("number").longValue(),
                    node.required("skipped").longValue(),
                    entry);
        } catch (JacksonException | DateTimeParseException otherFormat) {
            return null;
        }
    }

    private static String checksum(String json) {
        CRC32C crc = new CRC32C();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
