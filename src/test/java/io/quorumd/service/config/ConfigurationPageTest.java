package io.quorumd.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * docs/configuration.md is what {@link ConfigurationPage} makes of the properties;
 * {@code ./mvnw -q -Dquick -Dtest=ConfigurationPageTest -Dpage.write=true test} writes it anew.
 */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("docs/configuration.md");

    @Test
    void thePageIsWhatThePropertiesSay() throws IOException {
        String page = ConfigurationPage.make();
        if (Boolean.getBoolean("page.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md; -Dpage.write=true writes it anew, see this class")
                .isEqualTo(page);
    }

    @Test
    void eachPropertyHasARowAndADescription() throws IOException {
        String page = ConfigurationPage.make();
        String uniform = page.replace("-", "");
        Set<String> keys = UnknownKeys.all();
        for (String key : keys) {
            boolean group = key.endsWith("[]") || keys.stream().anyMatch(other -> other.startsWith(key + "."));
            if (!group) {
                assertThat(uniform)
                        .as(key)
                        .contains(
                                "| `" + key.substring(key.lastIndexOf("]") + 1).replaceFirst("^\\.", "") + "` |");
            }
        }
        assertThat(page).doesNotContain("|  |\n");
    }
}
