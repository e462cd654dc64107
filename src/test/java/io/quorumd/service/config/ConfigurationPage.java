package io.quorumd.service.config;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes docs/configuration.md of the metadata that Spring Boot's annotation processor wrote beside the classes. */
final class ConfigurationPage {

    private static final String ROOT = "META-INF/spring-configuration-metadata.json";
    private static final String HEAD = """
            # Configuration

            Everything stands below `quorumd` in an `application.yaml` in the working directory, on the command line as
            `--quorumd.KEY=VALUE`, or in environment variables (`QUORUMD_STATEDIR`, `QUORUMD_ISCSI_ADVERTISE`: dots become `_`,
            dashes vanish). A list is taken whole from one of them: whoever sets `QUORUMD_VOLUMES_0_SIZE` sets all of the volumes
            that way. It is read at the start; a wrong key, value or combination stops the start with a line that says which
            property, what is wrong and what would be right. Samples are in [README.md](../README.md), rules for secrets in
            [security.md](security.md).

            - A **size** is a number with `B`, `KB`, `MB`, `GB` or `TB`, of 1024 each; without a unit it is bytes.
            - A **duration** is a number with `us`, `ms`, `s`, `m` or `h`; without a unit it is milliseconds.
            - `[]` is an entry of a list: in YAML behind a `-`, elsewhere its number, as in `quorumd.volumes[0].name`.

            This page is made of the properties' own descriptions in `io.quorumd.service.config`; a test holds it to them.
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    private ConfigurationPage() {}

    static String make() throws IOException {
        ConfigurationPage made = new ConfigurationPage();
        List<JsonNode> all = properties(ROOT);
        made.section(
                "The service",
                "quorumd.",
                withPrefix(all, "quorumd.", "state-dir", "admin", "lease", "volumes", "targets"));
        made.section("The iSCSI server", "quorumd.", withPrefix(all, "quorumd.", "iscsi"));
        made.section("A volume", "quorumd.volumes[].", propertiesOf(VolumeProperties.class));
        made.section("A child", "quorumd.volumes[].children[].", propertiesOf(ChildProperties.class));
        made.section("A target", "quorumd.targets[].", propertiesOf(TargetProperties.class));
        made.section("A LUN", "quorumd.targets[].luns[].", propertiesOf(LunProperties.class));
        made.section("An initiator", "quorumd.targets[].initiators[].", propertiesOf(InitiatorProperties.class));
        return made.page.toString();
    }

    private static List<JsonNode> propertiesOf(Class<?> element) throws IOException {
        return properties("META-INF/spring/configuration-metadata/" + element.getName() + ".json");
    }

    private static List<JsonNode> properties(String resource) throws IOException {
        try (InputStream metadata = ConfigurationPage.class.getClassLoader().getResourceAsStream(resource)) {
            List<JsonNode> properties = new ArrayList<>();
            JsonMapper.shared()
                    .readTree(Objects.requireNonNull(metadata, resource))
                    .path("properties")
                    .forEach(properties::add);
            return properties;
        }
    }

    private static List<JsonNode> withPrefix(List<JsonNode> all, String prefix, String... keys) {
        return all.stream()
                .filter(property -> Arrays.stream(keys)
                        .anyMatch(key -> name(property).equals(prefix + key)
                                || name(property).startsWith(prefix + key + ".")))
                .toList();
    }

    private static String name(JsonNode property) {
        return property.path("name").stringValue();
    }

    private void section(String title, String prefix, List<JsonNode> properties) {
        page.append("\n## ").append(title).append("\n`").append(prefix).append("`…\n\n");
        page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
        for (JsonNode property : properties) {
            String name = name(property);
            String key = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            key,
                            type(property),
                            byDefault(property),
                            cell(property.path("description").stringValue())));
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private static String byDefault(JsonNode property) {
        String value = property.path("defaultValue").asString("");
        return value.isEmpty() ? "" : "`" + value + "`";
    }

    /** For people: what to write there, all values of an enumeration. */
    private static String type(JsonNode property) {
        String type = property.path("type").stringValue();
        if (type.startsWith("java.util.List<io.quorumd")) {
            return "list, see below";
        }
        return switch (type) {
            case "java.lang.String" -> "text";
            case "java.lang.Integer" -> "number";
            case "java.lang.Boolean" -> "`true`, `false`";
            case "java.util.List<java.lang.String>" -> "list of texts";
            case "java.util.Map<java.lang.String,java.lang.String>" -> "texts by name";
            case "java.time.Duration" -> "duration";
            case "org.springframework.util.unit.DataSize" -> "size";
            case "io.quorumd.service.config.Secret" -> "secret text";
            default -> values(type);
        };
    }

    private static String values(String type) {
        try {
            Object[] constants = Objects.requireNonNull(Class.forName(type).getEnumConstants(), type);
            return Arrays.stream(constants)
                    .map(constant -> "`" + ((Enum<?>) constant).name().toLowerCase(Locale.ROOT) + "`")
                    .collect(Collectors.joining(", "));
        } catch (ClassNotFoundException e) {
            throw new AssertionError("no words for the type " + type, e);
        }
    }
}
