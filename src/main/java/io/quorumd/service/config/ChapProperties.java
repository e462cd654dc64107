package io.quorumd.service.config;

import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * CHAP (RFC 7143 §12.1.3). Empty: no authentication is asked for.
 *
 * @param user Name that the initiator gives.
 * @param secret Secret of the initiator, 12 to 255 bytes. Better: secret-file.
 * @param secretFile File that holds the initiator's secret.
 * @param mutualUser Name that the target gives when the initiator asks who it is.
 * @param mutualSecret Secret of the target, 12 to 255 bytes, another than the initiator's. Better: mutual-secret-file.
 * @param mutualSecretFile File that holds the target's secret.
 */
public record ChapProperties(
        @DefaultValue("") String user,
        @DefaultValue("") Secret secret,
        @DefaultValue("") String secretFile,
        @DefaultValue("") String mutualUser,
        @DefaultValue("") Secret mutualSecret,
        @DefaultValue("") String mutualSecretFile) {

    private static final int SECRET_MIN = 12;
    private static final int SECRET_MAX = 255;

    @ConstructorBinding
    public ChapProperties {}

    ChapProperties() {
        this("", Secret.of(""), "", "", Secret.of(""), "");
    }

    /** Nothing has to be proved. */
    public static ChapProperties none() {
        return new ChapProperties();
    }

    public boolean isEmpty() {
        return user.isEmpty() && secret.isEmpty() && secretFile.isEmpty() && !isMutual();
    }

    public boolean isMutual() {
        return !(mutualUser.isEmpty() && mutualSecret.isEmpty() && mutualSecretFile.isEmpty());
    }

    /** The initiator's secret, from wherever it is kept; read anew at each call. */
    public Secret initiatorSecret(String property) {
        return SecretSource.read(property + ".secret", secret, secretFile);
    }

    /** The target's secret, from wherever it is kept; read anew at each call. */
    public Secret targetSecret(String property) {
        return SecretSource.read(property + ".mutual-secret", mutualSecret, mutualSecretFile);
    }

    /** Of one that is not empty. */
    void check(String property) {
        check(property, "user", user, "secret", initiatorSecret(property));
        if (isMutual()) {
            check(property, "mutual-user", mutualUser, "mutual-secret", targetSecret(property));
        }
    }

    private static void check(String property, String userKey, String user, String key, Secret secret) {
        if (user.isEmpty()) {
            throw new ConfigurationException(property + "." + userKey, "is missing", "CHAP needs a name and a secret");
        }
        if (secret.isEmpty()) {
            throw new ConfigurationException(
                    property + "." + key,
                    "is missing",
                    "CHAP needs a name and a secret; give it here or in " + property + "." + key + "-file");
        }
        if (secret.length() < SECRET_MIN || secret.length() > SECRET_MAX) {
            throw new ConfigurationException(
                    property + "." + key,
                    "has " + secret.length() + " bytes",
                    "A CHAP secret has " + SECRET_MIN + " to " + SECRET_MAX + " bytes");
        }
    }
}
