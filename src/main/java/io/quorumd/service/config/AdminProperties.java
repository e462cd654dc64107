package io.quorumd.service.config;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may change things over HTTP.
 *
 * @param user User name. Empty: nobody.
 * @param password Password. Better: password-file.
 * @param passwordFile File that holds the password.
 */
public record AdminProperties(
        @DefaultValue("") String user,
        @DefaultValue("") Secret password,
        @DefaultValue("") String passwordFile) {

    private static final String PREFIX = "quorumd.admin";

    public boolean isEmpty() {
        return user.isEmpty() && password.isEmpty() && passwordFile.isEmpty();
    }

    /** The password, from wherever it is kept. */
    public Secret readPassword() {
        return SecretSource.read(PREFIX + ".password", password, passwordFile);
    }

    void check() {
        if (isEmpty()) {
            return;
        }
        if (user.isEmpty()) {
            throw new ConfigurationException(
                    PREFIX + ".user", "is missing", "A password needs the name of the user it belongs to");
        }
        if (readPassword().isEmpty()) {
            throw new ConfigurationException(
                    PREFIX + ".password", "is missing", "Give it here or in " + PREFIX + ".password-file");
        }
    }
}
