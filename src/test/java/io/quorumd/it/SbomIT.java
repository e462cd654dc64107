package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials in the jar is of what is in the jar: not by name, which says little, but by content. */
class SbomIT {

    private static final String BILL = "META-INF/sbom/application.cdx.json";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    /** What the build itself puts in beside its loader; of Boot, and of the same version as the rest of it. */
    private static final String BOOTS_OWN = "spring-boot-jarmode-tools-";

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(Quorumd.packagedJar().toFile());
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @Test
    void listsEveryLibraryWithItsLicense() throws IOException, NoSuchAlgorithmException {
        Map<String, JsonNode> bill = new TreeMap<>();
        for (JsonNode component : bill().path("components")) {
            bill.put(sha256(component), component);
        }
        List<JarEntry> libraries = jar.stream()
                .filter(entry ->
                        entry.getName().startsWith(LIBRARIES) && entry.getName().endsWith(".jar"))
                .toList();

        assertThat(libraries).hasSizeGreaterThan(50);
        for (JarEntry library : libraries) {
            JsonNode component = bill.remove(sha256(library));
            if (component == null) {
                assertThat(library.getName()).startsWith(LIBRARIES + BOOTS_OWN);
            } else {
                assertThat(component.path("licenses").isEmpty())
                        .as(library.getName())
                        .isFalse();
            }
        }
        // What is listed and not in the jar has nothing to run: starters, which are empty, and what the compiler used.
        assertThat(bill.values())
                .extracting(component -> component.path("name").asString())
                .allMatch(name ->
                        name.startsWith("spring-boot-starter") || name.equals("spring-boot-configuration-processor"));
    }

    @Test
    void isOfThisProgram() throws IOException {
        JsonNode bill = bill();
        JsonNode program = bill.path("metadata").path("component");

        assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
        assertThat(program.path("name").asString()).isEqualTo("quorumd");
        assertThat(program.path("version").asString())
                .isEqualTo(jar.getManifest().getMainAttributes().getValue("Implementation-Version"));
    }

    private JsonNode bill() throws IOException {
        try (InputStream bill = jar.getInputStream(jar.getEntry(BILL))) {
            return new JsonMapper().readTree(bill);
        }
    }

    private static String sha256(JsonNode component) {
        for (JsonNode hash : component.path("hashes")) {
            if (hash.path("alg").asString().equals("SHA-256")) {
                return hash.path("content").asString();
            }
        }
        throw new AssertionError("no SHA-256 of " + component.path("purl").asString());
    }

    private String sha256(JarEntry library) throws IOException, NoSuchAlgorithmException {
        try (InputStream content = jar.getInputStream(library)) {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.readAllBytes()));
        }
    }
}
