package io.quorumd.service.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The whole configuration, checked: an object of this class exists only if every rule is kept. Otherwise its
 * construction throws a {@link ConfigurationException}.
 */
@ConfigurationProperties(prefix = "quorumd", ignoreUnknownFields = false)
public final class QuorumdProperties {

    /**
     * Folder for what the service remembers about its volumes: identity, membership, stale and intent maps, journal,
     * reservations. Back it up with the children; without it nothing is known about which copy is right.
     */
    private final String stateDir;

    /** Portals, discovery and threads of the iSCSI server. */
    @NestedConfigurationProperty
    private final IscsiProperties iscsi;

    /**
     * The volumes. Left out: one volume disk0 of 1 GB with three local files ./data/disk0-a.img, -b and -c, threshold
     * 2.
     */
    private final List<VolumeProperties> volumes;

    /** The targets. Left out: one target per volume, iqn.2026-11.io.quorumd:NAME, with the volume as LUN 0. */
    private final List<TargetProperties> targets;

    /** Who may change things over HTTP. Without it only reads are served. */
    @NestedConfigurationProperty
    private final AdminProperties admin;

    /** The Kubernetes Lease that is held while children are used, so that nobody else uses them. Without a name: none. */
    @NestedConfigurationProperty
    private final LeaseProperties lease;

    public QuorumdProperties(
            @DefaultValue("./data/state") String stateDir,
            @DefaultValue IscsiProperties iscsi,
            @Nullable List<VolumeProperties> volumes,
            @Nullable List<TargetProperties> targets,
            @DefaultValue AdminProperties admin,
            @DefaultValue LeaseProperties lease) {
        this.stateDir = stateDir;
        this.iscsi = iscsi;
        this.volumes = volumes == null ? List.of(Defaults.volume()) : List.copyOf(volumes);
        this.targets =
                targets == null ? this.volumes.stream().map(Defaults::target).toList() : List.copyOf(targets);
        this.admin = admin;
        this.lease = lease;
        if (stateDir.isBlank()) {
            throw new ConfigurationException("quorumd.state-dir", "is empty", "Name a folder, such as ./data/state");
        }
        VolumeRules.check(this.volumes);
        TargetRules.check(this.targets, this.volumes);
        IscsiRules.check(iscsi, this.targets);
        ChapRules.check(iscsi, this.targets);
        admin.check();
        lease.check();
    }

    public Path stateDir() {
        return Path.of(stateDir);
    }

    public IscsiProperties iscsi() {
        return iscsi;
    }

    public List<VolumeProperties> volumes() {
        return volumes;
    }

    public List<TargetProperties> targets() {
        return targets;
    }

    public AdminProperties admin() {
        return admin;
    }

    public LeaseProperties lease() {
        return lease;
    }
}
