package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one device that wait for its disk, so that the strand need not and a disk that hangs holds up nobody
 * else's: as many as there are requests to wait for, up to {@link #MOST}. One that has had nothing to do for a second goes
 * back to the executor.
 */
final class Workers {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    static final int MOST = 16;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WAITS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So long there is no further attempt to get one more thread when there was none. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final OpenFile file;
    private final Strand strand;
    private final Executor executor;
    private final BufferedWriter writer;
    private final Runnable work = this::work;
    private final EndedJobs ended = new EndedJobs();
    private final Runnable handBack = ended::handBack;

    /** When a buffered write was last seen to wait. The strand's. */
    private long writesWaited;
    /** When the host last gave no thread. The strand's. */
    private long refused;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    // Under the lock, all of the rest.
    private final JobQueue queue = new JobQueue();
    private int threads;
    private int idle;
    private int calls;
    /** Queued or being performed. */
    private int underWay;

    Workers(OpenFile file, FileThreads threads) {
        this.file = file;
        this.strand = threads.strand;
        this.executor = threads.executor;
        this.writer = threads.writer;
        this.writesWaited = strand.nanoTime() - WAITS_NANOS;
        this.refused = strand.nanoTime() - RETRY_NANOS;
    }

    /** Hands a transfer over: a buffered write to the thread of all files of the strand, unless this one's were seen to wait. */
    void submitTransfer(Job job) {
        if (job.isBuffered(file) && strand.nanoTime() - writesWaited >= WAITS_NANOS) {
            writer.submit(job);
        } else {
            submit(job);
        }
    }

    /** From {@link BufferedWriter}, on the strand: a buffered write waits for the disk, so others may as well. */
    void writesWait() {
        writesWaited = strand.nanoTime();
    }

    /** On a thread that may block. */
    void perform(Job job, CallFrame frame) {
        job.perform(frame, file);
    }

    /** Hands a job over; it comes back by {@link FileDevice#ended}. */
    void submit(Job job) {
        boolean more;
        lock.lock();
        try {
            queue.add(job);
            underWay++;
            more = grow();
        } finally {
            lock.unlock();
        }
        if (more) {
            startThread();
        }
    }

    /** Calls an idle thread when there is too little help for what there is to do; true when a new one is to be made. */
    private boolean grow() {
        if (threads - idle >= Math.min(MOST, underWay)) {
            return false;
        }
        if (idle > 0) {
            idle--;
            calls++;
            called.signal();
            return false;
        }
        if (threads > 0 && strand.nanoTime() - refused < RETRY_NANOS) {
            return false;
        }
        threads++;
        return true;
    }

    private void work() {
        CallFrame frame = new CallFrame();
        for (Job job = take(); job != null; job = take()) {
            perform(job, frame);
            end(job);
        }
    }

    private void end(Job job) {
        lock.lock();
        try {
            underWay--;
        } finally {
            lock.unlock();
        }
        giveBack(job);
    }

    private void startThread() {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            noThread(e);
        }
    }

    /** The host gives no more threads: those there are must do; without any the jobs fail. */
    private void noThread(Throwable reason) {
        refused = strand.nanoTime();
        Job failed = null;
        lock.lock();
        try {
            threads--;
            if (threads == 0) {
                failed = queue.takeAll();
                underWay = 0;
            }
        } finally {
            lock.unlock();
        }
        LOG.warn("{}: no thread for its I/O: {}", file.path, reason.getMessage());
        for (Job job = failed; job != null; ) {
            Job next = job.next;
            job.result = -LibC.ENOMEM;
            giveBack(job);
            job = next;
        }
    }

    /** The next one; null when the thread is no longer needed. */
    private @Nullable Job take() {
        lock.lock();
        try {
            for (Job job = queue.poll(); ; job = queue.poll()) {
                if (job != null) {
                    return job;
                }
                if (!awaitCall()) {
                    threads--;
                    return null;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitCall() {
        idle++;
        long left = IDLE_NANOS;
        try {
            while (calls == 0 && left > 0) {
                left = called.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (calls > 0) {
            calls--;
            return true;
        }
        idle--;
        return !queue.isEmpty();
    }

    private void giveBack(Job job) {
        if (ended.add(job)) {
            strand.execute(handBack);
        }
    }
}
