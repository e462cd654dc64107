package io.quorumd.service;

import io.quorumd.quorum.QuorumStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The volumes, read only. */
@RestController
@RequestMapping("/api/volumes")
final class VolumeController {

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

    @GetMapping("/{name}/resync")
    Map<String, Object> resync(@PathVariable String name) {
        return VolumeReport.resync(find(name).status().resync());
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
