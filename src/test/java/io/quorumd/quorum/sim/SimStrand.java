package io.quorumd.quorum.sim;

import io.quorumd.block.Strand;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A strand with a clock of its own: everything that runs, runs in {@link #step}, on the caller's thread, in an order
 * that the seed decides as far as real threads would be free to.
 */
public final class SimStrand implements Strand {

    private final RandomGenerator random;
    private final Queue<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Later> timers = new PriorityQueue<>(
            Comparator.comparingLong((Later later) -> later.at).thenComparingLong(l -> l.number));
    private long now;
    private long numbers;
    private boolean running;

    public SimStrand(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public boolean isCurrent() {
        return running;
    }

    @Override
    public void execute(Runnable task) {
        ready.add(task);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        Later later = new Later(now + Math.max(0, delayNanos), numbers++, task);
        timers.add(later);
        return () -> timers.remove(later);
    }

    /** Another thread that takes up to {@code maxNanos} for each task; tasks of one such thread stay in order. */
    public Executor worker(long maxNanos) {
        return new Executor() {
            private long free;

            @Override
            public void execute(Runnable task) {
                free = Math.max(free, now) + random.nextLong(maxNanos + 1);
                schedule(task, free - now);
            }
        };
    }

    /** Runs the next task, moving the clock if need be. */
    public boolean step() {
        Runnable task = ready.poll();
        if (task == null) {
            Later later = timers.poll();
            if (later == null) {
                return false;
            }
            now = Math.max(now, later.at);
            task = later.task;
        }
        running = true;
        try {
            task.run();
        } finally {
            running = false;
        }
        return true;
    }

    /** The process died: what it had to do is not done. */
    public void forgetEverything() {
        ready.clear();
        timers.clear();
    }

    /** Runs until there is nothing left to do. */
    public void runAll() {
        while (step()) {
            // each step does the work
        }
    }

    private record Later(long at, long number, Runnable task) {}
}
