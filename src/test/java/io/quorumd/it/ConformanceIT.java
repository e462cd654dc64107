package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.it.ConformanceSuite.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All of libiscsi's conformance suite, held against {@code docs/conformance.md}: a test that fails, or is newly skipped,
 * fails here. {@code ./mvnw verify -Dit.test=ConformanceIT -Dconformance.write=true} writes the page anew.
 */
class ConformanceIT {

    private static final Path PAGE = Path.of("docs/conformance.md");

    /** So that 64 MiB are overwritten in ten seconds. */
    private static final Duration PER_REQUEST = Duration.ofMillis(150);

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final String TARGETS = """
            quorumd:
              volumes:
                - name: disk0
                  size: 1GB
                  children:
                    - {node-name: disk0-a, uri: "file:disk0-a.img"}
                    - {node-name: disk0-b, uri: "file:disk0-b.img"}
                    - {node-name: disk0-c, uri: "file:disk0-c.img"}
                - name: blocks
                  size: 1GB
                  block-size: 4096
                  children:
                    - {node-name: blocks-a, uri: "file:blocks-a.img"}
                    - {node-name: blocks-b, uri: "file:blocks-b.img"}
                    - {node-name: blocks-c, uri: "file:blocks-c.img"}
                - name: small
                  size: 32MB
                  children:
                    - {node-name: small-a, uri: "file:small-a.img"}
                    - {node-name: small-b, uri: "file:small-b.img"}
                    - {node-name: small-c, uri: "file:small-c.img"}
                - name: slow
                  kind: plain
                  children:
                    - {node-name: slow-a, uri: "SLOW"}
              targets:
                - {name: "iqn.2026-11.io.quorumd:disk0", luns: [{volume: disk0}]}
                - {name: "iqn.2026-11.io.quorumd:blocks", luns: [{volume: blocks}]}
                - {name: "iqn.2026-11.io.quorumd:small", luns: [{volume: small}]}
                - {name: "iqn.2026-11.io.quorumd:slow", luns: [{volume: slow}]}
                - name: iqn.2026-11.io.quorumd:reader
                  luns: [{volume: disk0}]
                  initiators:
                    - {name: "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test", read-only: true}
                    - {name: "iqn.2007-10.com.github:sahlberg:libiscsi:iscsi-test-2", read-only: true}
            """;

    @TempDir
    Path folder;

    @Test
    void passesWhatThePageSaysItPasses() throws IOException {
        Map<String, List<String>> suites = ConformanceSuite.all();
        ConformancePage page = ConformancePage.read(PAGE);
        List<String> differences = new ArrayList<>();
        int secondPort = Quorumd.freePort();
        try (SlowExport slow = new SlowExport(folder, PER_REQUEST);
                Quorumd quorumd = Quorumd.startWith(
                        folder,
                        TARGETS.replace("SLOW", slow.uri()),
                        "--quorumd.iscsi.portals=127.0.0.1:" + secondPort)) {
            String first = quorumd.url(0);
            String second = first.replace(":" + quorumd.port() + "/", ":" + secondPort + "/");
            Map<String, Supplier<Verdict>> elsewhere = Map.of(
                    "GetLBAStatus.UnmapSingle", () -> at(first, "blocks").run("GetLBAStatus", "UnmapSingle", LIMIT),
                    "ReadOnly.ReadOnlySBC", () -> at(first, "reader").run("ReadOnly", "ReadOnlySBC", LIMIT),
                    "Sanitize.Reset", () -> at(first, "slow").run("Sanitize", "Reset", LIMIT));
            suites.forEach((suite, tests) -> {
                List<String> here = tests.stream()
                        .filter(test -> !elsewhere.containsKey(suite + "." + test))
                        .toList();
                Map<String, Verdict> verdicts = initiator(suite, first, second).run(suite, here, here.equals(tests));
                for (String test : tests) {
                    String name = suite + "." + test;
                    Supplier<Verdict> placed = elsewhere.get(name);
                    Verdict verdict = placed == null ? verdicts.getOrDefault(test, Verdict.LOST) : placed.get();
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

    /** A second path that stays logged in would keep the reservations that other suites leave to its logout. */
    private static ConformanceSuite initiator(String suite, String first, String second) {
        return switch (suite) {
            case "MultipathIO" -> new ConformanceSuite(first, second);
            case "Sanitize" -> at(first, "small");
            default -> new ConformanceSuite(first);
        };
    }

    private static ConformanceSuite at(String url, String target) {
        return new ConformanceSuite(url.replace(":disk0/", ":" + target + "/"));
    }
}
