package io.quorumd.block;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A request's claim to its range: an operation gives back the oldest and makes another. */
@State(Scope.Thread)
public class RangeQueueBenchmark {

    private static final int LENGTH = 4096;

    /** Claims there are when a request comes. */
    @Param({"1", "32"})
    int depth;

    private final RangeQueue apart = new RangeQueue();
    private final RangeQueue overlapping = new RangeQueue();
    private Claim[] held = {};
    private Claim[] queued = {};
    private int at;
    private long granted;

    private final class Claim extends RangeQueue.Hold {
        @Override
        protected void granted() {
            granted++;
        }
    }

    @Setup
    public void fill() {
        at = 0;
        held = new Claim[depth + 1];
        queued = new Claim[depth + 1];
        for (int i = 0; i <= depth; i++) {
            held[i] = new Claim();
            apart.acquire(held[i], (long) i * LENGTH, LENGTH, false);
            queued[i] = new Claim();
            overlapping.acquire(queued[i], 0, LENGTH, true);
        }
    }

    /** Reads of ranges apart. */
    @Benchmark
    public boolean sharedApart() {
        return next(false);
    }

    /** Writes of ranges apart. */
    @Benchmark
    public boolean exclusiveApart() {
        return next(true);
    }

    private boolean next(boolean alone) {
        Claim oldest = held[at];
        apart.release(oldest);
        boolean got = apart.acquire(oldest, (long) at * LENGTH, LENGTH, alone);
        at = at == depth ? 0 : at + 1;
        return got;
    }

    /** Writes of one range, all but one of them waiting: the one that has it ends, the next is told, another comes. */
    @Benchmark
    public long waiters() {
        Claim first = queued[at];
        overlapping.release(first);
        overlapping.acquire(first, 0, LENGTH, true);
        at = at == depth ? 0 : at + 1;
        return granted;
    }
}
