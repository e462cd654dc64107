package io.quorumd.quorum.state;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One divergence: which child held something else than the others, where, and what was done about it.
 *
 * @param time when the vote was taken
 * @param sector first sector, of 512 bytes
 * @param sectors how many
 * @param child node-name of the child that was wrong
 * @param digests what each child that answered held, by node-name: equal digests, equal content
 * @param action what was done, in words
 */
public record JournalEntry(
        Instant time, long sector, long sectors, String child, Map<String, String> digests, String action) {

    public JournalEntry {
        digests = Collections.unmodifiableMap(new LinkedHashMap<>(digests));
    }
}
