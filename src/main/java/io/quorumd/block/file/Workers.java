package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one device that wait for its disk, so that the strand need not and a disk that hangs holds up nobody
 * else's. As many as there are requests to wait for, up to {@link #MOST}; buffered writes, which hardly ever wait, share
 * one thread and are taken and handed back in batches, until they turn out to wait (the kernel throttles writers when too
 * much is dirty). A thread that has had nothing to do for a second goes back to the executor.
 */
final class Workers {

    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    static final int MOST = 16;
    private static final int BATCH = 16;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final OpenFile file;
    private final Strand strand;
    private final Executor executor;
    private final JobSink sink;
    private final Runnable handBack = this::handBack;
    private final Runnable work = this::work;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    // Under the lock, until the blank line.
    private @Nullable Job first;
    private @Nullable Job last;
    private int threads;
    private int idle;
    private int calls;
    private int quick;
    private int slow;
    private int quickThreads = 1;

    /** Those that have ended and await the strand, the latest first. */
    private final AtomicReference<@Nullable Job> ended = new AtomicReference<>();

    /** Where jobs go that have ended, on the strand. */
    @FunctionalInterface
    interface JobSink {
        void ended(Job job);
    }

    Workers(OpenFile file, Strand strand, Executor executor, JobSink sink) {
        this.file = file;
        this.strand = strand;
        this.executor = executor;
        this.sink = sink;
    }

    /** Hands a job over; it comes back through the sink. */
    void submit(Job job) {
        boolean more;
        lock.lock();
        try {
            job.next = null;
            if (last == null) {
                first = job;
            } else {
                last.next = job;
            }
            last = job;
            count(job, 1);
            more = grow();
        } finally {
            lock.unlock();
        }
        if (more) {
            startThread();
        }
    }

    private void count(Job job, int change) {
        if (job.isQuick(file)) {
            quick += change;
        } else {
            slow += change;
        }
    }

    /** Calls an idle thread when there is too little help for what there is to do; true when a new one is to be made. */
    private boolean grow() {
        int wanted = Math.min(MOST, slow + Math.min(quick, quickThreads));
        if (threads - idle >= wanted) {
            return false;
        }
        if (idle > 0) {
            idle--;
            calls++;
            called.signal();
            return false;
        }
        threads++;
        return true;
    }

    private void work() {
        CallFrame frame = new CallFrame();
        for (Job batch = take(null); batch != null; batch = take(batch)) {
            for (Job job = batch; job != null; job = job.next) {
                perform(job, frame);
            }
        }
    }

    private void perform(Job job, CallFrame frame) {
        boolean isQuick = job.isQuick(file);
        long begun = isQuick ? System.nanoTime() : 0;
        job.perform(frame, file);
        if (isQuick && System.nanoTime() - begun > SLOW_NANOS) {
            slowedDown(job);
        }
    }

    /** The rest of its batch goes back to the head of the queue, so that nobody waits for this thread alone. */
    private void slowedDown(Job job) {
        boolean more;
        lock.lock();
        try {
            quickThreads = Math.min(MOST, 2 * quickThreads);
            Job rest = job.next;
            if (rest != null) {
                job.next = null;
                Job tail = rest;
                while (tail.next != null) {
                    tail = tail.next;
                }
                tail.next = first;
                first = rest;
                last = last == null ? tail : last;
            }
            more = first != null && grow();
        } finally {
            lock.unlock();
        }
        if (more) {
            startThread();
        }
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
        Job failed = null;
        lock.lock();
        try {
            threads--;
            if (threads == 0) {
                failed = first;
                first = null;
                last = null;
                for (Job job = failed; job != null; job = job.next) {
                    job.result = -LibC.ENOMEM;
                    count(job, -1);
                }
            }
        } finally {
            lock.unlock();
        }
        LOG.warn("{}: no thread for its I/O: {}", file.path, reason.getMessage());
        if (failed != null) {
            giveBack(failed);
        }
    }

    /** Takes the finished batch away and gives the next one; null when the thread is no longer needed. */
    private @Nullable Job take(@Nullable Job finished) {
        lock.lock();
        try {
            for (Job job = finished; job != null; job = job.next) {
                count(job, -1);
            }
        } finally {
            lock.unlock();
        }
        if (finished != null) {
            giveBack(finished);
        }
        lock.lock();
        try {
            while (first == null) {
                if (!awaitCall()) {
                    threads--;
                    return null;
                }
            }
            return unlinkBatch(first);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitCall() {
        idle++;
        quickThreads = Math.max(1, quickThreads / 2);
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
        return first != null;
    }

    /** One job, or several quick ones as long as one thread suffices for those. */
    private Job unlinkBatch(Job head) {
        Job tail = head;
        if (quickThreads == 1 && head.isQuick(file)) {
            for (int n = 1; n < BATCH; n++) {
                Job following = tail.next;
                if (following == null || !following.isQuick(file)) {
                    break;
                }
                tail = following;
            }
        }
        first = tail.next;
        if (first == null) {
            last = null;
        }
        tail.next = null;
        return head;
    }

    private void giveBack(Job batch) {
        Job newest = null;
        Job oldest = batch;
        for (Job job = batch; job != null; ) {
            Job following = job.next;
            job.next = newest;
            newest = job;
            job = following;
        }
        Job before;
        do {
            before = ended.get();
            oldest.next = before;
        } while (!ended.compareAndSet(before, newest));
        if (before == null) {
            strand.execute(handBack);
        }
    }

    /** On the strand: all that have ended, in the order they did. */
    private void handBack() {
        Job inOrder = null;
        for (Job job = ended.getAndSet(null); job != null; ) {
            Job earlier = job.next;
            job.next = inOrder;
            inOrder = job;
            job = earlier;
        }
        while (inOrder != null) {
            Job job = inOrder;
            inOrder = job.next;
            job.next = null;
            sink.ended(job);
        }
    }
}
