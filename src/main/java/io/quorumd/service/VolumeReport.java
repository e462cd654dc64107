package io.quorumd.service;

import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.QuorumStatus.ChildStatus;
import io.quorumd.quorum.QuorumStatus.ResyncStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How a volume is doing, as JSON that health and API share; keys as in the configuration. Bytes are bytes. */
final class VolumeReport {

    private VolumeReport() {}

    static Map<String, Object> of(QuorumStatus status) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("reason", Reason.of(status));
        report.put("margin", status.margin());
        report.put("vote-threshold", status.threshold());
        report.put("guarantee", status.guarantee());
        report.put("may-lie-before-unavailable", status.mayLieAvailable());
        report.put("may-lie-before-wrong", status.mayLieRight());
        report.put("size", status.size());
        report.put("quorum-failures", status.failures());
        report.put("unsettled-bytes", status.unsettledBytes());
        report.put("resync", resync(status.resync()));
        Map<String, Object> children = new LinkedHashMap<>();
        status.children().forEach(child -> children.put(child.nodeName(), child(child)));
        report.put("children", children);
        return report;
    }

    /** The same children, as a list with their names inside. */
    static List<Map<String, Object>> children(QuorumStatus status) {
        return status.children().stream()
                .map(child -> {
                    Map<String, Object> named = new LinkedHashMap<>();
                    named.put("node-name", child.nodeName());
                    named.put("uri", child.description());
                    named.putAll(child(child));
                    return named;
                })
                .toList();
    }

    private static Map<String, Object> child(ChildStatus child) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("state", lower(child.state()));
        report.put("reason", child.reason());
        report.put("breaker", child.breaker());
        Map<String, Long> failures = new TreeMap<>();
        child.failures().forEach((type, count) -> failures.put(lower(type), count));
        report.put("failures", failures);
        report.put("stale-bytes", child.staleBytes());
        return report;
    }

    static Map<String, Object> resync(ResyncStatus resync) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("running", resync.running());
        report.put("paused", resync.paused());
        report.put("bytes-done", resync.bytesDone());
        report.put("bytes-total", resync.bytesTotal());
        report.put("bytes-per-second", resync.bytesPerSecond());
        long left = resync.bytesTotal() - resync.bytesDone();
        if (resync.running() && resync.bytesPerSecond() > 0) {
            report.put("seconds-left", left / resync.bytesPerSecond());
        }
        report.put("waiting-for", resync.waitingFor());
        return report;
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
