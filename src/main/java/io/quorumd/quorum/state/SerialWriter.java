package io.quorumd.quorum.state;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.Strand;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Writes that must not overtake each other: given on the strand, done by the worker one by one in that order. */
final class SerialWriter {

    private final Strand strand;
    private final Executor worker;
    private final String description;
    private final Queue<Job> jobs = new ArrayDeque<>();
    private boolean busy;

    SerialWriter(String description, Strand strand, Executor worker) {
        this.description = description;
        this.strand = strand;
        this.worker = worker;
    }

    void submit(Action action, Completion done) {
        jobs.add(new Job(action, done));
        next();
    }

    private void next() {
        Job job = busy ? null : jobs.poll();
        if (job != null) {
            busy = true;
            worker.execute(() -> perform(job));
        }
    }

    /** On the worker. */
    private void perform(Job job) {
        BlockError error = null;
        try {
            job.action.perform();
        } catch (IOException failed) {
            error = BlockError.of(Errno.EIO, description + " cannot be written: " + failed.getMessage());
        }
        BlockError result = error;
        strand.execute(() -> ended(job, result));
    }

    private void ended(Job job, @Nullable BlockError error) {
        busy = false;
        job.done.completed(error);
        next();
    }

    /** What the worker does. */
    interface Action {
        void perform() throws IOException;
    }

    private record Job(Action action, Completion done) {}
}
