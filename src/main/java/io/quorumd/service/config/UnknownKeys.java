package io.quorumd.service.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses keys that nothing reads. Spring Boot's own check leaves environment variables and system properties out and
 * comes after the values' conversion; a misspelt key would first be reported as something else, or not at all.
 */
public final class UnknownKeys {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("quorumd");

    /** What Kubernetes puts into the environment of each pod beside a Service whose name begins with quorumd. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("QUORUMD_(\\w+_)?(SERVICE_(HOST|PORT(_\\w+)?)|PORT(_\\d+_(TCP|UDP|SCTP)(_\\w+)?)?)");

    /** Known keys without dashes, list indices as []: {@code volumes[].children[].nodename}. */
    private final Set<String> known = new HashSet<>();

    /** The same without dots and underscores, for environment variables. */
    private final Set<String> knownFlat = new HashSet<>();

    private UnknownKeys() {
        addKeysOf(QuorumdProperties.class, "");
        known.forEach(key -> knownFlat.add(key.replace(".", "")));
    }

    /** Every key, without dashes, list indices as []; groups and lists too. */
    static Set<String> all() {
        return Set.copyOf(new UnknownKeys().known);
    }

    /** @throws ConfigurationException naming the first unknown key */
    public static void refuse(Environment environment) {
        UnknownKeys keys = new UnknownKeys();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
                keys.refuseIn(variables);
            } else if (source instanceof IterableConfigurationPropertySource names) {
                names.stream().filter(ROOT::isAncestorOf).forEach(keys::refuse);
            }
        }
    }

    private void refuseIn(PropertySource<?> variables) {
        if (variables.getSource() instanceof Map<?, ?> map) {
            for (Object name : map.keySet()) {
                String upper = String.valueOf(name).toUpperCase(Locale.ROOT);
                if (upper.startsWith("QUORUMD_") && !SERVICE_LINK.matcher(upper).matches() && !isKnown(upper)) {
                    throw new ConfigurationException(
                            "environment variable " + name,
                            "no such property",
                            "Write the property's name in upper case with _ for each dot, without dashes, such as"
                                    + " QUORUMD_STATEDIR or QUORUMD_VOLUMES_0_SIZE");
                }
            }
        }
    }

    private boolean isKnown(String variable) {
        StringBuilder key = new StringBuilder();
        for (String element : variable.substring("QUORUMD_".length()).split("_", -1)) {
            key.append(isNumber(element) ? "[]" : element.toLowerCase(Locale.ROOT));
        }
        String flat = key.toString();
        return knownFlat.contains(flat) || flat.startsWith("iscsiredirect");
    }

    private void refuse(ConfigurationPropertyName name) {
        StringBuilder key = new StringBuilder();
        for (int i = 1; i < name.getNumberOfElements(); i++) {
            if (name.isNumericIndex(i)) {
                key.append("[]");
            } else {
                key.append(key.isEmpty() ? "" : ".").append(name.getElement(i, Form.UNIFORM));
            }
        }
        String uniform = key.toString();
        if (!known.contains(uniform) && !uniform.startsWith("iscsi.redirect.")) {
            throw new ConfigurationException(
                    name.toString(), "no such property", "docs/configuration.md lists the names");
        }
    }

    private void addKeysOf(Class<?> type, String prefix) {
        Constructor<?> widest = type.getConstructors()[0];
        for (var parameter : widest.getParameters()) {
            addKey(
                    parameter.getParameterizedType(),
                    prefix + parameter.getName().toLowerCase(Locale.ROOT));
        }
    }

    private void addKey(Type type, String key) {
        known.add(key);
        if (type instanceof ParameterizedType list && list.getRawType() == java.util.List.class) {
            addKey(list.getActualTypeArguments()[0], key + "[]");
        } else if (type instanceof Class<?> group && group.getSimpleName().endsWith("Properties")) {
            addKeysOf(group, key + ".");
        }
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
    }
}
