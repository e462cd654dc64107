package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.it.ConformanceSuite.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of libiscsi's conformance suite, held against {@code docs/conformance.md}: a test that fails, or is newly skipped,
 * fails here. {@code ./mvnw verify -Dit.test=ConformanceIT -Dconformance.write=true} writes the page anew.
 */
class ConformanceIT {

    private static final Path PAGE = Path.of("docs/conformance.md");

    @TempDir
    Path folder;

    @Test
    void passesWhatThePageSaysItPasses() throws IOException {
        Map<String, List<String>> suites = ConformanceSuite.all();
        ConformancePage page = ConformancePage.read(PAGE);
        List<String> differences = new ArrayList<>();
        try (Quorumd quorumd = Quorumd.start(folder)) {
            ConformanceSuite onePath = new ConformanceSuite(quorumd.url(0));
            // A second path that stays logged in would keep the reservations that other suites leave to its logout.
            ConformanceSuite twoPaths = new ConformanceSuite(quorumd.url(0), quorumd.url(0));
            suites.forEach((suite, tests) -> {
                ConformanceSuite initiator = suite.equals("MultipathIO") ? twoPaths : onePath;
                Map<String, Verdict> verdicts = initiator.run(suite, tests);
                for (String test : tests) {
                    String name = suite + "." + test;
                    Verdict verdict = verdicts.getOrDefault(test, Verdict.LOST);
                    page.found(name, verdict).ifPresent(differences::add);
                }
            });
            quorumd.stop();
        }
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(PAGE, page.toString());
        }
        assertThat(differences).isEmpty();
    }
}
