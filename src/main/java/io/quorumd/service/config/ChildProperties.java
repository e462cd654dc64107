package io.quorumd.service.config;

import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A child: one copy of a volume.
 *
 * @param nodeName Its name in logs, events and metrics; unique in the whole configuration.
 * @param uri Where it is. file:PATH, a regular file or a block device, with ?direct=true for O_DIRECT and ?preallocate=true for space that is taken when the file is made and never given back. Or an NBD export: nbd://HOST:PORT/EXPORT, nbd+unix:///EXPORT?socket=PATH, and nbds with TLS. Or an iSCSI LUN: iscsi://HOST:PORT/TARGET/LUN, with ?header-digest=crc32c, ?data-digest=crc32c and ?reservation=required (a LUN that cannot keep other writers out is refused).
 * @param credentials How an iSCSI target is logged in to: CHAP. In the URI USER%SECRET@ before the host says the same.
 */
@ConfigurationPropertiesSource
public record ChildProperties(
        @DefaultValue("") String nodeName,
        @DefaultValue("") String uri,
        @NestedConfigurationProperty @DefaultValue ChapProperties credentials) {

    /** Without the URI, which may hold a secret. */
    @Override
    public String toString() {
        return "ChildProperties[" + nodeName + "]";
    }
}
