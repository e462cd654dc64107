package io.quorumd.service.config;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A child: one copy of a volume.
 *
 * @param nodeName Its name in logs, events and metrics; unique in the whole configuration.
 * @param uri Where it is. file:PATH, a regular file or a block device, with ?direct=true for O_DIRECT and ?preallocate=true. Or an NBD export: nbd://HOST:PORT/EXPORT, nbd+unix:///EXPORT?socket=PATH, and nbds with TLS.
 * @param credentials For remote children.
 */
public record ChildProperties(
        @DefaultValue("") String nodeName,
        @DefaultValue("") String uri,
        @DefaultValue CredentialsProperties credentials) {}
