package io.quorumd.service;

import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.state.JournalEntry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
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

    /** {@code {"online": true}}: an operator has looked into what took the volume offline. */
    @PatchMapping("/{name}")
    Map<String, Object> change(@PathVariable String name, @RequestBody Map<String, Object> change) {
        Volume volume = find(name);
        if (!change.equals(Map.of("online", true))) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "The one change that this version knows is {\"online\": true}.");
        }
        if (volume.status().offline() == null) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, "The volume is not offline.");
        }
        volume.online();
        return detail(name);
    }

    @GetMapping("/{name}/resync")
    Map<String, Object> resync(@PathVariable String name) {
        return VolumeReport.resync(find(name).status().resync());
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
