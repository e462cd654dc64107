package io.quorumd.service;

import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** One child of a volume. */
@RestController
@RequestMapping("/api/volumes/{name}/children/{child}")
final class ChildController {

    private final List<Volume> volumes;

    ChildController(List<Volume> volumes) {
        this.volumes = volumes;
    }

    /**
     * Accepts it as truth wherever too few copies are in sync for a vote (quorum-device specification, section 6): there
     * the others are rewritten from it. What is newer in another copy is lost.
     */
    @PostMapping("/accept")
    Map<String, Object> accept(@PathVariable String name, @PathVariable String child) {
        Volume volume = VolumeController.find(volumes, name);
        if (volume.status().children().stream().noneMatch(one -> one.nodeName().equals(child))) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "The volume has no such child.");
        }
        try {
            VolumeController.resync(volume).accept(child);
        } catch (AcceptanceException refused) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, refused.getMessage());
        }
        return VolumeReport.of(volume.status());
    }
}
