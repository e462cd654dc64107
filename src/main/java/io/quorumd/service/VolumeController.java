package io.quorumd.service;

import io.quorumd.quorum.QuorumOptions;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.state.JournalEntry;
import io.quorumd.service.config.ConfigurationException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The volumes. */
@RestController
@RequestMapping("/api/volumes")
final class VolumeController {

    private static final int JOURNAL_MAX = 10_000;

    private final List<Volume> volumes;

    VolumeController(List<Volume> volumes) {
        this.volumes = volumes;
    }

    @GetMapping
    List<Map<String, Object>> list() {
        return volumes.stream().map(VolumeController::report).toList();
    }

    @GetMapping("/{name}")
    Map<String, Object> detail(@PathVariable String name) {
        Volume volume = find(name);
        Map<String, Object> report = report(volume);
        report.put("options", volume.options());
        return report;
    }

    /**
     * {@code {"online": true}}: an operator has looked into what took the volume offline. {@code {"size": "20GB"}}, or a
     * number of bytes: it is made longer. {@code {"resync-rate": "50MB"}}, or a number of bytes, each second: until a
     * restart a resync keeps to it, 0 is no limit. {@code {"vote-threshold": 2}}, {@code {"read-pattern": "fifo"}}: until a
     * restart it votes so. One of them at a time; the rest is set in the configuration.
     */
    @PatchMapping("/{name}")
    Map<String, Object> change(@PathVariable String name, @RequestBody Map<String, Object> change) {
        Volume volume = find(name);
        String key = change.size() == 1 ? change.keySet().iterator().next() : "";
        Object value = change.get(key);
        switch (key) {
            case "online" -> online(volume, value);
            case "size" -> grow(volume, bytes(key, value));
            case "resync-rate" -> limit(volume, bytes(key, value));
            case "vote-threshold" -> vote(volume, threshold(value), null);
            case "read-pattern" -> vote(volume, null, readPattern(value));
            default -> throw unchangeable();
        }
        return detail(name);
    }

    private static ResponseStatusException unchangeable() {
        return new ResponseStatusException(
                HttpStatus.BAD_REQUEST,
                "While a volume runs {\"online\": true}, {\"size\": \"20GB\"}, {\"resync-rate\": \"50MB\"},"
                        + " {\"vote-threshold\": 2} or {\"read-pattern\": \"fifo\"} can be asked for, one at a time;"
                        + " the rest is changed in the configuration and by a restart.");
    }

    private static void online(Volume volume, @Nullable Object online) {
        if (!Boolean.TRUE.equals(online)) {
            throw unchangeable();
        }
        if (volume.status().offline() == null) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "The volume is not offline.");
        }
        volume.online();
    }

    private static void grow(Volume volume, long size) {
        try {
            volume.grow(size);
        } catch (GrowthException refused) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, refused.getMessage());
        }
    }

    private static void limit(Volume volume, long rate) {
        if (rate < 0) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "resync-rate is bytes per second, or 0 for no limit.");
        }
        resync(volume).rate(rate);
    }

    private static void vote(Volume volume, @Nullable Integer threshold, @Nullable ReadPattern pattern) {
        try {
            volume.vote(threshold, pattern);
        } catch (ConfigurationException wrong) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, wrong.getMessage());
        } catch (VoteException refused) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, refused.getMessage());
        }
    }

    private static int threshold(@Nullable Object threshold) {
        if (threshold instanceof Integer number) {
            return number;
        }
        throw new ResponseStatusException(
                HttpStatus.BAD_REQUEST, "vote-threshold is a number, 1 to the number of children.");
    }

    private static ReadPattern readPattern(@Nullable Object pattern) {
        try {
            return QuorumOptions.readPattern(String.valueOf(pattern));
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage() + ".");
        }
    }

    /** The resync of a volume that votes. */
    static ResyncControl resync(Volume volume) {
        return volume.resync()
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.CONFLICT, "A plain volume has one copy, and nothing to resync."));
    }

    private static long bytes(String key, @Nullable Object size) {
        try {
            return size instanceof Integer || size instanceof Long
                    ? ((Number) size).longValue()
                    : DataSize.parse(String.valueOf(size)).toBytes();
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, key + " is a number of bytes, or text such as \"20GB\".");
        }
    }

    /** The newest entries of the divergence journal first. */
    @GetMapping("/{name}/journal")
    List<JournalEntry> journal(@PathVariable String name, @RequestParam(defaultValue = "100") int limit)
            throws IOException {
        if (limit < 1 || limit > JOURNAL_MAX) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "limit is 1 to " + JOURNAL_MAX + ".");
        }
        return find(name).journal().newest(limit);
    }

    private Volume find(String name) {
        return find(volumes, name);
    }

    /** @throws ResponseStatusException 404 */
    static Volume find(List<Volume> volumes, String name) {
        return volumes.stream()
                .filter(volume -> volume.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such volume."));
    }

    private static Map<String, Object> report(Volume volume) {
        QuorumStatus status = volume.status();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("name", volume.name());
        report.put("health", status.health());
        report.putAll(VolumeReport.of(status));
        report.put("children", VolumeReport.children(status));
        return report;
    }
}
