package io.quorumd.service.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** A configuration as a user writes it, and what the service says to it. */
final class Yaml {

    private Yaml() {}

    static QuorumdProperties read(String yaml) {
        return ConfigurationReader.read(environment(yaml, Map.of()));
    }

    static QuorumdProperties read(String yaml, Map<String, Object> variables) {
        return ConfigurationReader.read(environment(yaml, variables));
    }

    /** The line of a configuration that is refused. */
    static String refusal(String yaml) {
        return refusal(yaml, Map.of());
    }

    static String refusal(String yaml, Map<String, Object> variables) {
        RuntimeException failure;
        try {
            read(yaml, variables);
            throw new AssertionError("was not refused");
        } catch (RuntimeException e) {
            failure = e;
        }
        FailureAnalysis analysis = new ConfigurationFailureAnalyzer().analyze(failure);
        if (analysis == null) {
            analysis = new WrongValueFailureAnalyzer().analyze(failure);
        }
        if (analysis == null) {
            throw new AssertionError("nobody explains it", failure);
        }
        String line = analysis.getDescription();
        if (line.contains("\n")) {
            throw new AssertionError("more than one line: " + line);
        }
        return line;
    }

    private static StandardEnvironment environment(String yaml, Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
        try {
            new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }
}
