package io.quorumd.service.config;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An initiator that may log in.
 *
 * @param name Its iSCSI name.
 * @param readOnly Whether every LUN of the target is write protected to it.
 */
@ConfigurationPropertiesSource
public record InitiatorProperties(
        @DefaultValue("") String name,
        @DefaultValue("false") boolean readOnly) {

    /** The short form: only the name; what configuration binding calls. */
    public static InitiatorProperties of(String name) {
        return new InitiatorProperties(name, false);
    }
}
