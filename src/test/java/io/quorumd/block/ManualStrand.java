package io.quorumd.block;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Strand} that the test turns by hand, with a clock of its own: nothing runs and no time passes but in {@link
 * #run}, {@link #advance} and {@link #runUntil}. Belongs to the thread that made it; others may {@link #execute}.
 */
public final class ManualStrand implements Strand {

    private static final long PATIENCE_SECONDS = 60;

    private final Thread owner = Thread.currentThread();
    private final LinkedBlockingQueue<Runnable> ready = new LinkedBlockingQueue<>();
    private final PriorityQueue<Timed> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timed::due).thenComparingLong(Timed::order));
    private long now;
    private long order;

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == owner;
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
        Timed timed = new Timed(now + Math.max(0, delayNanos), order++, task);
        timers.add(timed);
        return () -> timers.remove(timed);
    }

    /** Runs what is ready, and what that makes ready, until nothing is. No time passes. Returns how many tasks ran. */
    public int run() {
        int ran = 0;
        while (step()) {
            ran++;
        }
        return ran;
    }

    /** Runs the next ready task; false when there is none. */
    public boolean step() {
        Timed timed = timers.peek();
        if (timed != null && timed.due <= now) {
            timers.remove();
            ready.add(timed.task);
        }
        Runnable task = ready.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    /** Lets time pass, running each timer at its time. */
    public void advance(long nanos) {
        long until = now + nanos;
        run();
        for (Timed next = timers.peek(); next != null && next.due <= until; next = timers.peek()) {
            now = next.due;
            run();
        }
        now = until;
        run();
    }

    /** The process is gone, with whatever it had still to do; its clock goes on. */
    public void forget() {
        ready.clear();
        timers.clear();
    }

    /** Whether nothing is ready and no timer is set. */
    public boolean isIdle() {
        return ready.isEmpty() && timers.isEmpty();
    }

    /** Runs until {@code done} holds, waiting for what other threads execute here. For devices with real threads. */
    public void runUntil(BooleanSupplier done) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!done.getAsBoolean()) {
            if (step()) {
                continue;
            }
            Runnable task = next(deadline - System.nanoTime());
            if (task == null) {
                throw new AssertionError("not done within " + PATIENCE_SECONDS + " s");
            }
            task.run();
        }
    }

    private @Nullable Runnable next(long nanos) {
        try {
            return ready.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private record Timed(long due, long order, Runnable task) {}
}
