package io.quorumd.quorum.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What happened last in a simulation, for the reader of a failure; of one sector only, when it is known which. */
final class Story {

    private static final int LINES = 80;
    private static final Pattern RANGE = Pattern.compile("\\[(\\d+),(\\d+)\\)");
    private static final Pattern CULPRIT = Pattern.compile("sector (\\d+)|\\[(\\d+),\\d+\\)");

    private final Deque<String> lines = new ArrayDeque<>();
    private final boolean aloud = Boolean.getBoolean("sim.aloud");
    private final int sector;

    /** @param sector what is told of other sectors' requests is left out; -1: nothing is */
    Story(int sector) {
        this.sector = sector;
    }

    /** The sector that a failure is about, or -1. */
    static int culprit(String failure) {
        Matcher found = CULPRIT.matcher(failure);
        return found.find() ? Integer.parseInt(found.group(1) != null ? found.group(1) : found.group(2)) : -1;
    }

    void tell(long nanos, String line) {
        if (!concerns(line)) {
            return;
        }
        String full = "%9.3f ms  %s".formatted(nanos / 1e6, line);
        if (aloud) {
            System.out.println(full);
        }
        lines.addLast(full);
        if (lines.size() > LINES) {
            lines.removeFirst();
        }
    }

    private boolean concerns(String line) {
        Matcher range = RANGE.matcher(line);
        if (sector < 0 || !range.find()) {
            return true;
        }
        int from = Integer.parseInt(range.group(1));
        int to = Integer.parseInt(range.group(2));
        return from == to || (from <= sector && sector < to);
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
