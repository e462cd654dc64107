package io.quorumd.service;

import io.quorumd.quorum.QuorumStatus;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** The health of each volume (quorum-device specification, section 8), under {@code volumes}. */
@Component("volumesHealthContributor")
final class VolumesHealth implements CompositeHealthContributor {

    /** Data is served, and something needs to be looked at. HTTP 200. */
    static final Status DEGRADED = new Status("DEGRADED");

    private final List<Volume> volumes;

    VolumesHealth(List<Volume> volumes) {
        this.volumes = volumes;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return volumes.stream()
                .filter(volume -> volume.name().equals(name))
                .findFirst()
                .map(VolumesHealth::indicator)
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return volumes.stream().map(volume -> new HealthContributors.Entry(volume.name(), indicator(volume)));
    }

    private static HealthIndicator indicator(Volume volume) {
        return () -> health(volume.status());
    }

    static Health health(QuorumStatus status) {
        return Health.status(
                        switch (status.health()) {
                            case UP -> Status.UP;
                            case DEGRADED -> DEGRADED;
                            case DOWN -> Status.DOWN;
                        })
                .withDetails(VolumeReport.of(status))
                .build();
    }
}
