package io.quorumd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code iscsi-verify} from one lost connection to the next: it works until the target is gone, then, as soon as it is
 * back, reads back all it ever wrote and says whether every acknowledged write is there.
 */
final class SteppedLoad implements AutoCloseable {

    /** What a lost connection may have cost. */
    enum Loss {
        /** Nothing that was acknowledged. */
        KILL,
        /** What was acknowledged and then neither flushed nor written with FUA. */
        POWER
    }

    static final int SESSIONS = 2;

    /** What each session works on. */
    static final int MIB = 4;

    /** Bytes from the start of the disk that are in use. */
    static final int USED = SESSIONS * MIB * 1024 * 1024;

    private static final int DEPTH = 16;
    private static final long LIMIT_SECONDS = 120;
    private static final Pattern TOTALS = Pattern.compile(
            "reads=(\\d+) writes=(\\d+) flushes=(\\d+) unacknowledged=(\\d+) .*gone=(\\d+) wrong=(\\d+) errors=(\\d+)");

    /**
     * @param writes acknowledged so far
     * @param gone sectors that went back to an older content, as a power failure may make them
     */
    record Totals(long reads, long writes, long flushes, long unacknowledged, long gone, long wrong, long errors) {
        Totals plus(Totals other) {
            return new Totals(
                    reads + other.reads,
                    writes + other.writes,
                    flushes + other.flushes,
                    unacknowledged + other.unacknowledged,
                    gone + other.gone,
                    wrong + other.wrong,
                    errors + other.errors);
        }
    }

    private final Process process;
    private final BufferedWriter orders;
    private final BlockingQueue<String> verified = new LinkedBlockingQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();

    private SteppedLoad(Process process, Runnable onReached, Runnable onFifty) {
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().start(() -> follow(onReached, onFifty));
    }

    /**
     * @param program {@code iscsi-verify}, compiled
     * @param onReached called by a thread of its own when the writes that {@link #go} named are acknowledged
     * @param onFifty called likewise for every fifty writes
     */
    static SteppedLoad start(String program, String url, Loss loss, long seed, Runnable onReached, Runnable onFifty) {
        String[] command = {
            program,
            url,
            String.valueOf(SESSIONS),
            String.valueOf(DEPTH),
            loss == Loss.KILL ? "kill" : "power",
            String.valueOf(seed),
            String.valueOf(MIB)
        };
        try {
            return new SteppedLoad(
                    new ProcessBuilder(command).redirectErrorStream(true).start(), onReached, onFifty);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void follow(Runnable onReached, Runnable onFifty) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("acknowledged ")) {
                    onFifty.run();
                    continue;
                }
                synchronized (lastLines) {
                    lastLines.add(line);
                    if (lastLines.size() > 50) {
                        lastLines.remove();
                    }
                }
                if (line.startsWith("verified ")) {
                    verified.add(line);
                } else if (line.equals("reached")) {
                    onReached.run();
                }
            }
        } catch (IOException e) {
            verified.add(e.toString());
        }
        verified.add("ended");
    }

    /** Lets it work until the connection is lost. */
    void go(int writes) {
        order("go " + writes);
    }

    /** Lets it read everything back once more. */
    void again() {
        order("again");
    }

    /** Waits until everything has been read back; no byte may have been wrong and no command failed. */
    Totals awaitVerified() {
        String line = null;
        try {
            line = verified.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Totals totals = totals(line);
        if (totals == null) {
            throw new AssertionError("not read back, but " + line + "\n" + output());
        }
        assertThat(totals.wrong + totals.errors).as(output()).isZero();
        return totals;
    }

    private static @Nullable Totals totals(@Nullable String line) {
        Matcher found = TOTALS.matcher(line == null ? "" : line);
        if (!found.find()) {
            return null;
        }
        long[] n = new long[8];
        for (int i = 1; i <= 7; i++) {
            n[i] = Long.parseLong(found.group(i));
        }
        return new Totals(n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    }

    private void order(String order) {
        try {
            orders.write(order);
            orders.newLine();
            orders.flush();
        } catch (IOException e) {
            throw new AssertionError(output(), e);
        }
    }

    /** The last lines it printed. */
    String output() {
        synchronized (lastLines) {
            return String.join("\n", lastLines);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
