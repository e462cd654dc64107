package io.quorumd.it;

import io.quorumd.it.ConformanceSuite.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The page that says of each conformance test what becomes of it, here and with others, and why one is skipped. */
final class ConformancePage {

    private static final String RULE = "|---|";

    /** A row of the table: what is expected here, what tgt and LIO do, and why it is not passed. */
    private record Row(String test, String here, String tgt, String lio, String reason) {

        static Row parse(String line) {
            String[] cells = line.split("\\|", -1);
            return new Row(cells[1].strip(), cells[2].strip(), cells[3].strip(), cells[4].strip(), cells[5].strip());
        }

        Row withHere(String verdict) {
            return new Row(test, verdict, tgt, lio, verdict.equals("pass") ? "" : reason);
        }

        @Override
        public String toString() {
            return "| %s | %s | %s | %s | %s |".formatted(test, here, tgt, lio, reason);
        }
    }

    private final List<String> head = new ArrayList<>();
    private final Map<String, Row> rows = new LinkedHashMap<>();

    private ConformancePage() {}

    /** Reads the page: prose first, then one table whose rows are the tests. */
    static ConformancePage read(Path path) throws IOException {
        ConformancePage page = new ConformancePage();
        boolean table = false;
        for (String line : Files.readAllLines(path)) {
            if (table) {
                Row row = Row.parse(line);
                page.rows.put(row.test, row);
            } else {
                page.head.add(line);
                table = line.startsWith(RULE);
            }
        }
        return page;
    }

    /** Notes what became of a test; a sentence unless it is passed, or skipped as the page says, with its reason. */
    Optional<String> found(String test, Verdict verdict) {
        String now = verdict.name().toLowerCase(Locale.ROOT);
        Row row = rows.getOrDefault(test, new Row(test, "pass", "", "", ""));
        rows.put(test, row.withHere(now));
        boolean excused = verdict == Verdict.SKIP && row.here.equals(now) && !row.reason.isEmpty();
        if (verdict == Verdict.PASS || excused) {
            return Optional.empty();
        }
        return Optional.of("%s: %s; the page says %s, reason '%s'".formatted(test, now, row.here, row.reason));
    }

    @Override
    public String toString() {
        List<String> lines = new ArrayList<>(head);
        lines.replaceAll(line -> line.startsWith("In all") ? summary() : line);
        rows.values().forEach(row -> lines.add(row.toString()));
        return String.join("\n", lines) + "\n";
    }

    private String summary() {
        return "In all %d tests, passed / failed / skipped: quorumd %s, tgt %s, LIO %s."
                .formatted(rows.size(), count(Row::here), count(Row::tgt), count(Row::lio));
    }

    private String count(Function<Row, String> column) {
        List<String> verdicts = rows.values().stream().map(column).toList();
        long passed = verdicts.stream().filter("pass"::equals).count();
        long skipped = verdicts.stream().filter("skip"::equals).count();
        return "%d / %d / %d".formatted(passed, verdicts.size() - passed - skipped, skipped);
    }
}
