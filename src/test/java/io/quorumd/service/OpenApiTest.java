package io.quorumd.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description of the API, as the service gives it, is of the API that it has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {

    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final JsonMapper JSON = new JsonMapper();

    private Service service;
    private JsonNode api;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException, InterruptedException {
        service = Service.start(folder);
        Object read = new Yaml().load(service.get("/api/openapi.yaml").body());
        api = JSON.valueToTree(read);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void hasEveryOperationAndNoOther() {
        Set<String> described = new TreeSet<>();
        api.path("paths")
                .forEachEntry((path, methods) ->
                        methods.forEachEntry((method, operation) -> described.add(method + " " + path)));

        assertThat(described).isEqualTo(mapped());
    }

    private Set<String> mapped() {
        Set<String> mapped = new TreeSet<>();
        service.context()
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .forEach(mapping -> mapping.getPatternValues().stream()
                        .filter(path -> path.startsWith("/api/"))
                        .forEach(path -> mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method ->
                                        mapped.add(method.name().toLowerCase(java.util.Locale.ROOT) + " " + path))));
        return mapped;
    }

    @Test
    void saysWhatEveryPartIs() {
        api.path("paths")
                .forEachEntry((path, methods) -> methods.forEachEntry((method, operation) -> {
                    assertThat(operation.path("summary").asString()).as(path).isNotBlank();
                    assertThat(names(operation.path("parameters")))
                            .as(method + " " + path)
                            .containsAll(VARIABLE.matcher(path)
                                    .results()
                                    .map(found -> found.group(1))
                                    .toList());
                    assertThat(operation.path("responses").has("500"))
                            .as(method + " " + path)
                            .isTrue();
                    assertThat(operation.has("security"))
                            .as(method + " " + path)
                            .isEqualTo(!method.equals("get"));
                }));
        assertReferences(api);
    }

    private Set<String> names(JsonNode parameters) {
        Set<String> names = new TreeSet<>();
        parameters.forEach(
                parameter -> names.add(api.at(parameter.path("$ref").asString().substring(1))
                        .path("name")
                        .asString()));
        return names;
    }

    private void assertReferences(JsonNode node) {
        if (node.has("$ref")) {
            String target = node.path("$ref").asString();
            assertThat(api.at(target.substring(1)).isMissingNode()).as(target).isFalse();
        }
        node.forEach(this::assertReferences);
    }

    @Test
    void knowsEveryKeyOfTheAnswers() throws IOException, InterruptedException {
        JsonNode volume = JSON.readTree(service.get("/api/volumes/disk0").body());
        JsonNode io = JSON.readTree(service.get("/api/io").body());

        assertKeys("Volume", volume);
        assertKeys("Resync", volume.path("resync"));
        assertKeys("Child", volume.path("children").path(0));
        assertKeys("Target", JSON.readTree(service.get("/api/targets").body()).path(0));
        assertKeys("Io", io);
        assertKeys("Done", io.path("volumes").path("disk0").path("read"));
    }

    private void assertKeys(String schema, JsonNode answer) {
        Map<String, JsonNode> known = Map.copyOf(
                keyed(api.path("components").path("schemas").path(schema).path("properties")));
        assertThat(answer.isEmpty()).as(schema).isFalse();
        assertThat(known.keySet()).as(schema).containsAll(keyed(answer).keySet());
    }

    private static Map<String, JsonNode> keyed(JsonNode object) {
        Map<String, JsonNode> keyed = new java.util.TreeMap<>();
        object.forEachEntry(keyed::put);
        return keyed;
    }
}
