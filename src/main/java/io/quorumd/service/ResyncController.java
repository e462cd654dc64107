package io.quorumd.service;

import io.quorumd.quorum.QuorumStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The resync of a volume: how far it is, and an operator's say in whether it goes on. Bytes are bytes. */
@RestController
@RequestMapping("/api/volumes/{name}/resync")
final class ResyncController {

    private final List<Volume> volumes;

    ResyncController(List<Volume> volumes) {
        this.volumes = volumes;
    }

    /** Of the whole volume, and what each child is behind. */
    @GetMapping
    Map<String, Object> progress(@PathVariable String name) {
        return report(VolumeController.find(volumes, name));
    }

    /** Lets it begin, or go on. */
    @PostMapping
    Map<String, Object> resume(@PathVariable String name) {
        Volume volume = VolumeController.find(volumes, name);
        VolumeController.resync(volume).resume();
        return report(volume);
    }

    /** Pauses it until {@link #resume} or a restart of the service; what was copied counts. */
    @DeleteMapping
    Map<String, Object> pause(@PathVariable String name) {
        Volume volume = VolumeController.find(volumes, name);
        VolumeController.resync(volume).pause();
        return report(volume);
    }

    private static Map<String, Object> report(Volume volume) {
        QuorumStatus status = volume.status();
        Map<String, Object> report = VolumeReport.resync(status.resync());
        report.put("resync-rate", volume.options().getOrDefault("resync-rate", 0));
        Map<String, Object> children = new LinkedHashMap<>();
        status.children().forEach(child -> children.put(child.nodeName(), Map.of("stale-bytes", child.staleBytes())));
        report.put("children", children);
        return report;
    }
}
