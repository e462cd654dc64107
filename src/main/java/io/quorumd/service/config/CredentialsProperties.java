package io.quorumd.service.config;

import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a remote child is logged in to.
 *
 * @param user User name.
 * @param secret The secret itself. Better: secret-file.
 * @param secretFile File that holds the secret.
 */
public record CredentialsProperties(
        @DefaultValue("") String user,
        @DefaultValue("") Secret secret,
        @DefaultValue("") String secretFile) {

    @ConstructorBinding
    public CredentialsProperties {}

    CredentialsProperties() {
        this("", Secret.of(""), "");
    }

    boolean isEmpty() {
        return user.isEmpty() && secret.isEmpty() && secretFile.isEmpty();
    }
}
