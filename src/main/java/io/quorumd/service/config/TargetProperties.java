package io.quorumd.service.config;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An iSCSI target.
 *
 * @param name iSCSI name, such as iqn.2026-11.io.quorumd:disk0.
 * @param alias A name for people, shown to initiators.
 * @param luns Its logical units.
 * @param initiators Initiators that may log in, by name or as {name:, read-only: true}. Empty: any.
 * @param chap How initiators authenticate.
 */
@ConfigurationPropertiesSource
public record TargetProperties(
        @DefaultValue("") String name,
        @DefaultValue("") String alias,
        @DefaultValue List<LunProperties> luns,
        @DefaultValue List<InitiatorProperties> initiators,
        @NestedConfigurationProperty @DefaultValue ChapProperties chap) {

    public TargetProperties {
        luns = List.copyOf(luns);
        initiators = List.copyOf(initiators);
    }
}
