package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostWritesTest {

    private final LostWrites writes = new LostWrites();

    @Test
    void aFailedFlushSettlesWhatItCovers() {
        writes.writeEnded(writes.writeStarted());
        writes.flushCalled();
        assertThat(writes.flushEnded(true)).isTrue();
        assertThat(flush()).isFalse();
    }

    @Test
    void aWriteThatCompletesDuringAFailingFlushIsReportedByTheNext() {
        writes.flushCalled();
        writes.writeEnded(writes.writeStarted());
        assertThat(writes.flushEnded(true)).isTrue();
        assertThat(flush()).isTrue();
        assertThat(flush()).isFalse();
    }

    @Test
    void aFailedForcedWriteFailsTheNextFlush() {
        writes.writeEnded(writes.writeStarted());
        long forced = writes.writeStarted();
        writes.syncFailed();
        writes.writeEnded(forced);
        assertThat(flush()).isTrue();
        assertThat(flush()).isFalse();
    }

    private boolean flush() {
        writes.flushCalled();
        return writes.flushEnded(false);
    }

    /** A kernel that loses dirty pages and says so once: to whichever sync comes first. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noFlushSucceedsForAWriteThatWasLost(long seed) {
        Random random = new Random(seed);
        List<Write> inFlight = new ArrayList<>();
        List<Write> dirty = new ArrayList<>();
        List<Write> unreported = new ArrayList<>();
        boolean running = false;
        int failures = 0;
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    Write write = new Write(writes.writeStarted());
                    inFlight.add(write);
                    dirty.add(write);
                }
                case 2, 3 -> {
                    if (!inFlight.isEmpty()) {
                        Write write = inFlight.remove(random.nextInt(inFlight.size()));
                        writes.writeEnded(write.sequence);
                        write.completed = true;
                    }
                }
                case 4 -> {
                    if (random.nextInt(20) == 0) {
                        lose(dirty, unreported);
                        writes.syncFailed();
                    }
                }
                default -> {
                    if (!running) {
                        writes.flushCalled();
                        unreported.forEach(w -> w.covered = w.completed);
                        dirty.forEach(w -> w.covered = w.completed);
                    } else {
                        boolean fails = random.nextInt(20) == 0;
                        if (fails) {
                            lose(dirty, unreported);
                        }
                        dirty.removeIf(w -> w.covered);
                        if (writes.flushEnded(fails)) {
                            failures++;
                            unreported.removeIf(w -> w.covered);
                        } else {
                            assertThat(unreported).as("step %d", step).noneMatch(w -> w.covered);
                        }
                        dirty.forEach(w -> w.covered = false);
                        unreported.forEach(w -> w.covered = false);
                    }
                    running = !running;
                }
            }
        }
        assertThat(failures).isPositive();
        inFlight.forEach(w -> writes.writeEnded(w.sequence));
        flush();
        flush();
        assertThat(flush()).as("once all is reported").isFalse();
    }

    private static void lose(List<Write> dirty, List<Write> unreported) {
        unreported.addAll(dirty);
        dirty.clear();
    }

    private static final class Write {
        private final long sequence;
        private boolean completed;
        private boolean covered;

        private Write(long sequence) {
            this.sequence = sequence;
        }
    }
}
