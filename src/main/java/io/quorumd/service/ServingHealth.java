package io.quorumd.service;

import io.quorumd.quorum.QuorumStatus;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** What readiness asks: down only when no volume at all can serve. One broken disk does not take the others away. */
@Component("servingHealthIndicator")
final class ServingHealth implements HealthIndicator {

    private final List<Volume> volumes;

    ServingHealth(List<Volume> volumes) {
        this.volumes = volumes;
    }

    @Override
    public Health health() {
        long serving = volumes.stream()
                .filter(volume -> volume.status().health() != QuorumStatus.Health.DOWN)
                .count();
        return (serving > 0 ? Health.up() : Health.down())
                .withDetail("volumes-serving", serving)
                .withDetail("volumes", volumes.size())
                .build();
    }
}
