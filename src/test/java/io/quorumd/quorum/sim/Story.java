package io.quorumd.quorum.sim;

import java.util.ArrayDeque;
import java.util.Deque;

/** What happened last in a simulation, for the reader of a failure. */
final class Story {

    private static final int LINES = 80;

    private final Deque<String> lines = new ArrayDeque<>();
    private final boolean aloud = Boolean.getBoolean("sim.aloud");

    void tell(long nanos, String line) {
        String full = "%9.3f ms  %s".formatted(nanos / 1e6, line);
        if (aloud) {
            System.out.println(full);
        }
        lines.addLast(full);
        if (lines.size() > LINES) {
            lines.removeFirst();
        }
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
