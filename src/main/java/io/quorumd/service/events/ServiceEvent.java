package io.quorumd.service.events;

import io.quorumd.quorum.QuorumEvent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An event in the shape of QMP; also a Spring application event.
 *
 * @param id counts up from 1 since the start of the service
 * @param event its name, in upper case
 * @param data what happened; sectors have 512 bytes
 */
public record ServiceEvent(long id, String event, Map<String, Object> data, Timestamp timestamp) {

    /** The name of {@link QuorumEvent.Mismatch}. */
    public static final String MISMATCH = "QUORUM_MISMATCH";

    /** When, in wall-clock time since 1970. */
    public record Timestamp(long seconds, int microseconds) {

        static Timestamp of(Instant instant) {
            return new Timestamp(instant.getEpochSecond(), instant.getNano() / 1000);
        }
    }

    static ServiceEvent of(long id, String volume, QuorumEvent event, Instant when) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("volume", volume);
        String name = switch (event) {
            case QuorumEvent.ReportBad bad -> {
                data.put("type", lower(bad.type()));
                if (bad.error() != null) {
                    data.put("error", bad.error());
                }
                data.put("node-name", bad.nodeName());
                sectors(data, bad.sectorNum(), bad.sectorsCount());
                yield "QUORUM_REPORT_BAD";
            }
            case QuorumEvent.Failure failure -> {
                data.put("reference", failure.reference());
                sectors(data, failure.sectorNum(), failure.sectorsCount());
                yield "QUORUM_FAILURE";
            }
            case QuorumEvent.ChildChanged changed -> {
                data.put("node-name", changed.nodeName());
                data.put("from", lower(changed.from()));
                data.put("to", lower(changed.to()));
                data.put("reason", changed.reason());
                yield "QUORUM_CHILD_CHANGED";
            }
            case QuorumEvent.Mismatch mismatch -> {
                data.put("reference", mismatch.reference());
                sectors(data, mismatch.sectorNum(), mismatch.sectorsCount());
                data.put("differing-sector", mismatch.differingSector());
                yield "QUORUM_MISMATCH";
            }
        };
        return new ServiceEvent(id, name, data, Timestamp.of(when));
    }

    private static void sectors(Map<String, Object> data, long first, long count) {
        data.put("sector-num", first);
        data.put("sectors-count", count);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
