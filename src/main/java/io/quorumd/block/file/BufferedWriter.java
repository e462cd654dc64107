package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the buffered writes of all files of one strand, which as a rule wait for nothing, on one thread: a write of three
 * copies is so handed over and back once, and not three times.
 *
 * <p>One that does wait (the kernel throttles whoever makes too much dirty; a disk hangs) holds up nobody for long: the strand
 * looks now and then, and gives a thread that is still at the same write a successor, and the writes of that file to its own
 * {@link Workers}, for a second.
 */
final class BufferedWriter {

    private static final Logger LOG = LoggerFactory.getLogger(BufferedWriter.class);

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * So many are handed back together, counting one of n times 8 KiB as n; more would keep the initiator waiting for what is
     * done: at queue depth 8 with 64 KiB, the strand and this thread would work in turn.
     */
    private static final int BATCH = 24;

    private final Strand strand;
    private final Executor executor;
    private final Runnable handBack = this::handBack;
    private final Runnable tick = this::tick;
    private final EndedJobs ended = new EndedJobs();
    private final AtomicBoolean handingBack = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition called = lock.newCondition();
    // Under the lock, until the blank line.
    private final JobQueue queue = new JobQueue();
    private @Nullable Turn turn;

    // The strand's.
    private int underWay;
    private boolean watching;
    private @Nullable Turn seen;
    private long seenCount;

    BufferedWriter(Strand strand, Executor executor) {
        this.strand = strand;
        this.executor = executor;
    }

    /** Hands a write over, on the strand; it comes back by {@link FileDevice#ended}. */
    void submit(Job job) {
        underWay++;
        Turn fresh = null;
        lock.lock();
        try {
            queue.add(job);
            if (turn == null) {
                fresh = new Turn();
                turn = fresh;
            } else if (turn.idle) {
                turn.idle = false;
                called.signal();
            }
        } finally {
            lock.unlock();
        }
        if (fresh != null) {
            start(fresh);
        }
        if (!watching) {
            watching = true;
            var _ = strand.schedule(tick, TICK_NANOS);
        }
    }

    private void start(Turn fresh) {
        try {
            executor.execute(fresh);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.warn("no thread for buffered writes: {}", e.getMessage());
            leaveAll(fresh);
        }
    }

    /** The host gives no more threads: the files' own must do, if they have any. */
    private void leaveAll(Turn without) {
        Job left;
        lock.lock();
        try {
            if (turn == without) {
                turn = null;
            }
            left = queue.takeAll();
        } finally {
            lock.unlock();
        }
        giveToWorkers(left);
    }

    private void giveToWorkers(@Nullable Job jobs) {
        for (Job job = jobs; job != null; ) {
            Job next = job.next;
            underWay--;
            job.device.workers.submit(job);
            job = next;
        }
    }

    private void handBack() {
        handingBack.set(false);
        underWay -= ended.handBack();
    }

    private void tick() {
        handBack();
        Turn now;
        lock.lock();
        try {
            now = turn;
        } finally {
            lock.unlock();
        }
        if (now != null && now == seen && now.isStillAt(seenCount)) {
            succeed(now);
        }
        seen = now;
        seenCount = now == null ? 0 : now.count;
        watching = underWay > 0;
        if (watching) {
            var _ = strand.schedule(tick, TICK_NANOS);
        }
    }

    /** Its thread waits for a disk. */
    private void succeed(Turn waiting) {
        FileDevice slow = waiting.device();
        Job left = null;
        Turn fresh = null;
        lock.lock();
        try {
            if (turn == waiting && slow != null) {
                left = queue.takeAllOf(slow);
                fresh = queue.isEmpty() ? null : new Turn();
                turn = fresh;
            }
        } finally {
            lock.unlock();
        }
        if (slow != null) {
            slow.workers.writesWait();
        }
        giveToWorkers(left);
        if (fresh != null) {
            start(fresh);
        }
    }

    /** A thread's time as the one that writes. */
    private final class Turn implements Runnable {

        /** Under the lock. */
        private boolean idle;

        private volatile @Nullable Job job;
        /** Writes begun: for others, and the thread's own. */
        private volatile long count;

        private long begun;

        boolean isStillAt(long write) {
            return count == write && job != null;
        }

        @Nullable
        FileDevice device() {
            Job now = job;
            return now == null ? null : now.device;
        }

        @Override
        public void run() {
            CallFrame frame = new CallFrame();
            int done = 0;
            for (Job now = take(0); now != null; now = take(done)) {
                now.device.workers.perform(now, frame);
                done = (done >= BATCH ? 0 : done) + Math.max(1, (int) (now.length >> 13));
                job = null;
                ended.add(now);
            }
        }

        /** The next one; null when this turn is over. */
        private @Nullable Job take(int done) {
            boolean tell = done >= BATCH;
            Job next = null;
            lock.lock();
            try {
                if (turn == this) {
                    next = queue.poll();
                }
            } finally {
                lock.unlock();
            }
            if (done > 0 && (tell || next == null) && handingBack.compareAndSet(false, true)) {
                strand.execute(handBack);
            }
            if (next == null) {
                next = awaitOne();
            }
            if (next != null) {
                count = ++begun;
                job = next;
            }
            return next;
        }

        private @Nullable Job awaitOne() {
            lock.lock();
            try {
                long left = IDLE_NANOS;
                while (turn == this) {
                    Job next = queue.poll();
                    if (next != null) {
                        idle = false;
                        return next;
                    }
                    if (left <= 0) {
                        turn = null;
                        return null;
                    }
                    idle = true;
                    left = called.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                turn = turn == this ? null : turn;
            } finally {
                lock.unlock();
            }
            return null;
        }
    }
}
