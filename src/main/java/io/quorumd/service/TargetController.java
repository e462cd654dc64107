package io.quorumd.service;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quorumd.service.config.ChapProperties;
import io.quorumd.service.config.ConfigurationException;
import io.quorumd.service.config.InitiatorProperties;
import io.quorumd.service.config.LunProperties;
import io.quorumd.service.config.QuorumdProperties;
import io.quorumd.service.config.TargetProperties;
import io.quorumd.service.config.TargetRules;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Targets and LUNs that come and go while initiators are logged in. Nothing of it is kept: after a restart there is what
 * the configuration says. CHAP is configured only, since secrets do not travel by HTTP.
 */
@RestController
@RequestMapping("/api/targets")
final class TargetController {

    private static final int WAIT_SECONDS = 30;

    private final Targets targets;
    private final QuorumdProperties properties;

    TargetController(Targets targets, QuorumdProperties properties) {
        this.targets = targets;
        this.properties = properties;
    }

    /** A LUN as in the configuration. */
    record Lun(
            int lun,
            @Nullable String volume,
            @JsonProperty("read-only") @Nullable Boolean readOnly) {

        LunProperties properties() {
            return new LunProperties(lun, Objects.requireNonNullElse(volume, ""), Boolean.TRUE.equals(readOnly));
        }
    }

    /** An initiator as in the configuration. */
    record Initiator(
            @Nullable String name,
            @JsonProperty("read-only") @Nullable Boolean readOnly) {}

    /** A target as in the configuration, without CHAP. */
    record Target(
            @Nullable String name,
            @Nullable String alias,
            @Nullable List<Lun> luns,
            @Nullable List<Initiator> initiators) {

        TargetProperties properties() {
            return new TargetProperties(
                    Objects.requireNonNullElse(name, ""),
                    Objects.requireNonNullElse(alias, ""),
                    Objects.requireNonNullElse(luns, List.<Lun>of()).stream()
                            .map(Lun::properties)
                            .toList(),
                    Objects.requireNonNullElse(initiators, List.<Initiator>of()).stream()
                            .map(i -> new InitiatorProperties(
                                    Objects.requireNonNullElse(i.name, ""), Boolean.TRUE.equals(i.readOnly)))
                            .toList(),
                    ChapProperties.none());
        }
    }

    @GetMapping
    List<Map<String, Object>> list() {
        return targets.all().stream().map(TargetController::report).toList();
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    Map<String, Object> add(@RequestBody Target target) {
        TargetProperties wanted = target.properties();
        try {
            TargetRules.check(List.of(wanted), properties.volumes());
        } catch (ConfigurationException wrong) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, String.valueOf(wrong.getMessage()).replace("quorumd.targets[0].", ""));
        }
        return answer(() -> targets.add("target", wanted), wanted.name());
    }

    @DeleteMapping("/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(@PathVariable String name) {
        find(name);
        await(targets.remove(name));
    }

    @PostMapping("/{name}/luns")
    @ResponseStatus(HttpStatus.CREATED)
    Map<String, Object> addLun(@PathVariable String name, @RequestBody Lun lun) {
        find(name);
        return answer(() -> targets.addLun(name, lun.properties()), name);
    }

    /** Commands under way there are ended, those that write when they have written; the answer comes after that. */
    @DeleteMapping("/{name}/luns/{lun}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeLun(@PathVariable String name, @PathVariable int lun) {
        if (!find(name).shown().containsKey(lun)) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such LUN.");
        }
        await(targets.removeLun(name, lun));
    }

    private Map<String, Object> answer(Runnable change, String name) {
        try {
            change.run();
        } catch (IllegalArgumentException refused) {
            throw new ResponseStatusException(HttpStatus.CONFLICT, refused.getMessage());
        }
        return report(find(name));
    }

    private Targets.Target find(String name) {
        try {
            return targets.find(name);
        } catch (IllegalArgumentException none) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, none.getMessage());
        }
    }

    private static void await(CompletableFuture<Void> end) {
        boolean ended = end.thenApply(nothing -> true)
                .completeOnTimeout(false, WAIT_SECONDS, TimeUnit.SECONDS)
                .join();
        if (!ended) {
            throw new ResponseStatusException(
                    HttpStatus.GATEWAY_TIMEOUT, "It is gone, but commands that were under way have not ended yet.");
        }
    }

    private static Map<String, Object> report(Targets.Target target) {
        String alias = target.node().alias();
        return Map.of(
                "name",
                target.node().name(),
                "alias",
                alias == null ? "" : alias,
                "luns",
                target.luns().stream()
                        .map(lun -> Map.of("lun", lun.lun(), "volume", lun.volume(), "read-only", lun.readOnly()))
                        .toList());
    }
}
