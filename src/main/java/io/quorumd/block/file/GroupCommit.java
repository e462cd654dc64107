package io.quorumd.block.file;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fdatasync for all who ask while the one before it runs: a flush covers what was completed before it was called, so
 * those who come while one runs need the next, and share it. On the strand.
 */
final class GroupCommit {

    private final Runnable startSync;
    private List<Completion> served = new ArrayList<>();
    private List<Completion> waiting = new ArrayList<>();
    private boolean running;

    /** @param startSync begins a sync, whose end is told to {@link #ended}, perhaps before it returns */
    GroupCommit(Runnable startSync) {
        this.startSync = startSync;
    }

    void flush(Completion done) {
        waiting.add(done);
        if (!running) {
            start();
        }
    }

    private void start() {
        List<Completion> group = waiting;
        waiting = served;
        served = group;
        running = true;
        startSync.run();
    }

    void ended(@Nullable BlockError error) {
        List<Completion> group = served;
        served = new ArrayList<>();
        running = false;
        if (!waiting.isEmpty()) {
            start();
        }
        for (Completion done : group) {
            done.completed(error);
        }
    }
}
