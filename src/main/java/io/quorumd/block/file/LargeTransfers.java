package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transfers to and from memory that are so large that copying is nearly all they cost: the strand and one helper take them
 * from one queue, so that the copies of a volume are made on two cores. The strand makes them when it has nothing else to do, all of
 * them if the helper gets no core; the helper is called only when there is more than the strand is through with sooner.
 *
 * <p>Nothing here waits for a disk. What turns out to need one goes to the file's {@link Workers}.
 *
 * <p>Measured (three children, two cores shared with the load, queue depth 8): reads of 64 KiB 1.33 times as many, writes
 * 1.23, reads of 256 KiB 1.65, writes 1.2, for 1.06, 1.16, 0.95 and 1.1 of the CPU. Reads of 16 KiB cost 1.12 of it for
 * nothing, writes of 32 KiB 1.33.
 */
final class LargeTransfers {

    private static final Logger LOG = LoggerFactory.getLogger(LargeTransfers.class);

    private static final int LARGE_READ = 32 << 10;
    private static final int LARGE_WRITE = 64 << 10;

    /** Bytes that the strand copies before it does something else, such as to send: three copies of 64 KiB. */
    private static final long STEP_BYTES = 192 << 10;
    /** With more bytes than these waiting the helper is called: more than one command of 64 KiB. */
    private static final long CALL_BYTES = 256 << 10;

    /** On one processor there is nobody to help. */
    private static final boolean CAN_BE_HELPED = Runtime.getRuntime().availableProcessors() > 1;

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So long there is no further attempt to get a thread when there was none. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Strand strand;
    private final Executor executor;
    private final Duration busyPoll;
    private final Runnable step = this::step;
    private final Runnable help = this::help;
    private final BooleanSupplier much = this::isMuch;
    private final EndedJobs ended = new EndedJobs();
    private final Runnable handBack = ended::handBack;

    // The strand's.
    private final CallFrame frame = new CallFrame();
    private boolean stepping;
    private long triedForHelp;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    // Under the lock, all of the rest.
    private final JobQueue queue = new JobQueue();
    private long bytesWaiting;
    private boolean helped;
    private boolean idle;
    /** Whether there is enough to help with, for one who looks without the lock. */
    private volatile boolean isMuch;

    /** @param busyPoll how long the helper looks for more to do before it sleeps */
    LargeTransfers(Strand strand, Executor executor, Duration busyPoll) {
        this.strand = strand;
        this.executor = executor;
        this.busyPoll = busyPoll;
        this.triedForHelp = strand.nanoTime() - RETRY_NANOS;
    }

    /** Whether a read, or a write, is worth handing over. */
    static boolean isLarge(Job job) {
        return CAN_BE_HELPED && job.length >= (job.kind == Job.Kind.READ ? LARGE_READ : LARGE_WRITE);
    }

    /** Takes a job for {@link FileDevice#attempt}; it comes back by {@link FileDevice#ended}. On the strand. */
    void submit(Job job) {
        boolean noHelper;
        lock.lock();
        try {
            queue.add(job);
            count(job.length);
            noHelper = isMuch && !helped;
            if (isMuch && idle) {
                idle = false;
                called.signal();
            }
        } finally {
            lock.unlock();
        }
        if (noHelper) {
            getHelper();
        }
        if (!stepping) {
            stepping = true;
            strand.execute(step);
        }
    }

    /** Under the lock. */
    private void count(long bytes) {
        bytesWaiting += bytes;
        isMuch = bytesWaiting >= CALL_BYTES;
    }

    private boolean isMuch() {
        return isMuch;
    }

    private void getHelper() {
        long now = strand.nanoTime();
        if (now - triedForHelp < RETRY_NANOS) {
            return;
        }
        setHelped(true);
        try {
            executor.execute(help);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.warn("no thread for large transfers: {}", e.getMessage());
            triedForHelp = now;
            setHelped(false);
        }
    }

    private void setHelped(boolean is) {
        lock.lock();
        try {
            helped = is;
        } finally {
            lock.unlock();
        }
    }

    /** The strand's share; between its steps it sees to what they have brought about. */
    private void step() {
        for (long done = 0; done < STEP_BYTES; ) {
            Job job = poll();
            if (job == null) {
                stepping = false;
                return;
            }
            done += job.length;
            job.device.attempt(job, frame);
            job.device.ended(job);
            ended.handBack();
        }
        strand.execute(step);
    }

    private void help() {
        CallFrame own = new CallFrame();
        BriefLook look = new BriefLook(busyPoll, System::nanoTime);
        for (Job job = take(look); job != null; job = take(look)) {
            job.device.attempt(job, own);
            if (ended.add(job)) {
                strand.execute(handBack);
            }
        }
    }

    private @Nullable Job poll() {
        lock.lock();
        try {
            return next();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Job next() {
        Job job = queue.poll();
        if (job != null) {
            count(-job.length);
        }
        return job;
    }

    /** The helper's next one; null when it has not been called for a while. */
    private @Nullable Job take(BriefLook look) {
        Job job = poll();
        return job != null ? job : awaitOne(look);
    }

    private @Nullable Job awaitOne(BriefLook look) {
        look.lookFor(much);
        lock.lock();
        try {
            Job job = next();
            while (job == null && awaitCall()) {
                job = next();
            }
            return job;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitCall() {
        idle = true;
        try {
            for (long left = IDLE_NANOS; idle && left > 0; ) {
                left = called.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        helped = !idle;
        idle = false;
        return helped;
    }
}
