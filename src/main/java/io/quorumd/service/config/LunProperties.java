package io.quorumd.service.config;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A logical unit of a target.
 *
 * @param lun Its number, 0 to 16383.
 * @param volume Name of the volume it shows.
 * @param readOnly Whether writes are refused.
 */
@ConfigurationPropertiesSource
public record LunProperties(
        @DefaultValue("0") int lun,
        @DefaultValue("") String volume,
        @DefaultValue("false") boolean readOnly) {}
