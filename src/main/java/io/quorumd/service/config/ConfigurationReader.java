package io.quorumd.service.config;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Reads the configuration before there is any bean: beans are registered from it. */
public final class ConfigurationReader {

    private ConfigurationReader() {}

    /**
     * @throws ConfigurationException when a rule is broken
     * @throws org.springframework.boot.context.properties.bind.BindException when a value is not of its type
     */
    public static QuorumdProperties read(Environment environment) {
        UnknownKeys.refuse(environment);
        return Binder.get(environment).bindOrCreate("quorumd", QuorumdProperties.class);
    }
}
