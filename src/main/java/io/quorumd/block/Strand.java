package io.quorumd.block;

import java.util.concurrent.Executor;

/**
 * The one thread that owns some state: tasks run one after the other, in the order given. In the service a Netty event
 * loop, in tests a deterministic scheduler; time is read only through it.
 */
public interface Strand extends Executor {

    /** Whether the caller runs on this strand, so that it may call straight away. */
    boolean isCurrent();

    /** Monotonic time in nanoseconds, with an arbitrary origin. */
    long nanoTime();

    /** Runs {@code task} on this strand after {@code delayNanos}. */
    Timer schedule(Runnable task, long delayNanos);

    /** A task that is to run later. */
    interface Timer {

        /** Without effect once the task has begun. Called on the strand. */
        void cancel();
    }
}
