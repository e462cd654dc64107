package io.quorumd.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * libiscsi's {@code iscsi-test-cu}, whose verdicts are counted test by test: its own summary counts what it skipped as
 * passed, and one test that hangs takes the rest of its suite along.
 */
final class ConformanceSuite {

    /** What became of a test: {@code LOST} is one that ended the program, or never ended, without a verdict. */
    enum Verdict {
        PASS,
        SKIP,
        FAIL,
        LOST
    }

    private static final Duration SUITE_LIMIT = Duration.ofSeconds(60);
    private static final Duration TEST_LIMIT = Duration.ofSeconds(20);
    private static final Pattern VERDICT = Pattern.compile("(?:\\.\\.\\.|^)(passed|FAILED)");

    private final List<String> urls;

    /** Tests a LUN by its URL, and where a second is given, reached by both at once (the suite MultipathIO). */
    ConformanceSuite(String... urls) {
        this.urls = List.of(urls);
    }

    /** Every test there is, by suite, in the suite's order. */
    static Map<String, List<String>> all() {
        Map<String, List<String>> suites = new LinkedHashMap<>();
        for (String line : Tool.succeed("iscsi-test-cu", "-l").lines().toList()) {
            String[] name = line.strip().split("\\.", -1);
            if (name.length == 3 && name[0].equals("ALL")) {
                suites.computeIfAbsent(name[1], suite -> new ArrayList<>()).add(name[2]);
            }
        }
        return suites;
    }

    /**
     * Runs tests of a suite; what the suite as a whole leaves without a verdict is run once more by itself.
     *
     * @param whole whether these are all tests of the suite; otherwise each is run by itself
     */
    Map<String, Verdict> run(String suite, List<String> tests, boolean whole) {
        Map<String, Verdict> verdicts = new TreeMap<>();
        if (whole) {
            verdicts.putAll(verdicts(output("ALL." + suite, SUITE_LIMIT)));
        }
        for (String test : tests) {
            if (verdicts.getOrDefault(test, Verdict.LOST) == Verdict.LOST) {
                verdicts.put(test, run(suite, test, TEST_LIMIT));
            }
        }
        return verdicts;
    }

    /** Runs one test. */
    Verdict run(String suite, String test, Duration limit) {
        return verdicts(output("ALL." + suite + "." + test, limit)).getOrDefault(test, Verdict.LOST);
    }

    /** What it prints for some tests, for whoever asks why one failed. */
    String output(String tests, Duration limit) {
        List<String> command = new ArrayList<>(List.of("timeout", "-k", "2", String.valueOf(limit.toSeconds())));
        command.addAll(List.of("env", "LD_PRELOAD=" + Awake.LIBRARY));
        // Unbuffered, so that the verdicts before a hang are seen.
        command.addAll(List.of("stdbuf", "-o0", "-e0", "iscsi-test-cu", "--dataloss", "--allow-sanitize", "-v"));
        command.addAll(List.of("-t", tests));
        command.addAll(urls);
        return Tool.run(limit.plusSeconds(10), line -> {}, command.toArray(String[]::new))
                .output();
    }

    static Map<String, Verdict> verdicts(String output) {
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        @Nullable String current = null;
        boolean skipped = false;
        for (String line : output.lines().toList()) {
            if (line.startsWith("  Test: ")) {
                current = line.strip().split("\\s+", -1)[1];
                verdicts.put(current, Verdict.LOST);
                skipped = false;
            } else if (line.startsWith("Suite: ") || line.startsWith("Run Summary:")) {
                current = null;
            }
            if (current != null && verdicts.get(current) == Verdict.LOST) {
                skipped |= line.contains("[SKIPPED]");
                var found = VERDICT.matcher(line);
                if (found.find()) {
                    Verdict passed = skipped ? Verdict.SKIP : Verdict.PASS;
                    verdicts.put(current, found.group(1).equals("passed") ? passed : Verdict.FAIL);
                }
            }
        }
        return verdicts;
    }

    /** Keeps the program from sleeping until it is taken for dead. */
    private static final class Awake {
        static final String LIBRARY = Tool.library("iscsi/awake");
    }
}
