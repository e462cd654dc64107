package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs the buffered writes of all files of one strand, which as a rule wait for nothing, on one thread: a write of three
 * copies is so handed over and back once, and not three times. Where many wait, a second thread writes to another file
 * meanwhile; to the same one it could not, the kernel lets one write at a time.
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
    /**
     * With more than so many waiting a second thread is called: random writes of 4 KiB to ext4 1.07 to 1.15 times as many for 0.83
     * to 0.93 of the CPU. Large ones, which do not come to so many, gain nothing by it.
     */
    private static final int MANY = 24;
    /** So long there is no further attempt to get a second thread when there was none. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Strand strand;
    private final Executor executor;
    private final Duration busyPoll;
    private final Runnable handBack = this::handBack;
    private final Runnable callOne = this::callOne;
    private final Runnable tick = this::tick;
    private final BooleanSupplier waiting = this::isWaiting;
    private final EndedJobs ended = new EndedJobs();
    private final AtomicBoolean handingBack = new AtomicBoolean();

    private final ReentrantLock lock = new ReentrantLock();
    // Under the lock, until the blank line.
    private final JobQueue queue = new JobQueue();
    /** Whether there is something in it, for those who look without the lock. */
    private volatile boolean isWaiting;

    /** The second has one only where many are waiting. */
    private final @Nullable Turn[] turns =
            new Turn[Math.min(2, Runtime.getRuntime().availableProcessors())];

    // The strand's.
    private int underWay;
    private boolean calling;
    private boolean watching;
    private long triedForSecond;

    /** @param busyPoll how long a thread looks for the next write before it sleeps */
    BufferedWriter(Strand strand, Executor executor, Duration busyPoll) {
        this.strand = strand;
        this.executor = executor;
        this.busyPoll = busyPoll;
        this.triedForSecond = strand.nanoTime() - RETRY_NANOS;
    }

    /** Hands a write over, on the strand; it comes back by {@link FileDevice#ended}. */
    void submit(Job job) {
        underWay++;
        Turn fresh;
        lock.lock();
        try {
            queue.add(job);
            isWaiting = true;
            fresh = queue.size() > MANY ? callBoth() : null;
        } finally {
            lock.unlock();
        }
        start(fresh);
        if (!calling) {
            calling = true;
            strand.execute(callOne);
        }
        if (!watching) {
            watching = true;
            var _ = strand.schedule(tick, TICK_NANOS);
        }
    }

    /**
     * Once the strand has handed over all copies of a write: woken after the first on the strand's own processor, the thread
     * would take its place and sleep again before it has the others.
     */
    private void callOne() {
        calling = false;
        Turn fresh;
        lock.lock();
        try {
            fresh = queue.isEmpty() ? null : call(0);
        } finally {
            lock.unlock();
        }
        start(fresh);
    }

    /** Under the lock: one that is new is to be started. */
    private @Nullable Turn callBoth() {
        Turn fresh = call(0);
        return fresh == null && mayHaveSecond() ? call(1) : fresh;
    }

    private boolean mayHaveSecond() {
        return turns.length > 1 && strand.nanoTime() - triedForSecond >= RETRY_NANOS;
    }

    private boolean isWaiting() {
        return isWaiting;
    }

    private static int weight(Job job) {
        return Math.max(1, (int) (job.length >> 13));
    }

    /** As above, for one. */
    private @Nullable Turn call(int place) {
        Turn turn = turns[place];
        if (turn == null) {
            return succession(place);
        }
        if (turn.idle) {
            turn.idle = false;
            turn.called.signal();
        }
        return null;
    }

    private Turn succession(int place) {
        Turn fresh = new Turn(place);
        turns[place] = fresh;
        return fresh;
    }

    /** One that is new, if there is one. */
    private void start(@Nullable Turn fresh) {
        if (fresh == null) {
            return;
        }
        try {
            executor.execute(fresh);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.warn("no thread for buffered writes: {}", e.getMessage());
            doWithout(fresh);
        }
    }

    /** The host gives no more threads: the other turn must do, or the files' own threads, if they have any. */
    private void doWithout(Turn refused) {
        triedForSecond = strand.nanoTime();
        Job left = null;
        lock.lock();
        try {
            turns[refused.place] = null;
            if (beside(refused.place) != null) {
                call(1 - refused.place);
            } else {
                left = queue.takeAll();
            }
        } finally {
            lock.unlock();
        }
        giveToWorkers(left);
    }

    /** Under the lock: the other turn than that at this place, if there is one. */
    private @Nullable Turn beside(int place) {
        return turns.length > 1 ? turns[1 - place] : null;
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
        for (int place = 0; place < turns.length; place++) {
            Turn turn = at(place);
            if (turn != null && turn.isStillAtTheSame()) {
                succeed(turn);
            }
        }
        watching = underWay > 0;
        if (watching) {
            var _ = strand.schedule(tick, TICK_NANOS);
        }
    }

    private @Nullable Turn at(int place) {
        lock.lock();
        try {
            return turns[place];
        } finally {
            lock.unlock();
        }
    }

    /** Its thread waits for a disk. */
    private void succeed(Turn slow) {
        FileDevice device = slow.device;
        Job left = null;
        Turn fresh = null;
        lock.lock();
        try {
            if (slow.hasItsPlace() && device != null) {
                left = queue.takeAllOf(device);
                turns[slow.place] = null;
                fresh = queue.isEmpty() ? null : succession(slow.place);
            }
        } finally {
            lock.unlock();
        }
        if (device != null) {
            device.workers.writesWait();
        }
        giveToWorkers(left);
        start(fresh);
    }

    /** A thread's time as one that writes. */
    private final class Turn implements Runnable {

        private final int place;
        private final Condition called = lock.newCondition();
        private final BriefLook look;
        /** Under the lock. */
        private boolean idle;

        /** What it writes to now. */
        private volatile @Nullable FileDevice device;
        /** Writes begun: for others, and the thread's own. */
        private volatile long count;

        private long begun;
        /** The strand's: the write it was last seen at. */
        private long seen;

        Turn(int place) {
            this.place = place;
            this.look = new BriefLook(place == 0 ? busyPoll : Duration.ZERO, System::nanoTime);
        }

        /** Under the lock: whether it has not been succeeded. */
        boolean hasItsPlace() {
            return turns[place] == this;
        }

        /** On the strand: whether it has not got on since this was last asked. */
        boolean isStillAtTheSame() {
            long before = seen;
            seen = count;
            return seen == before && device != null;
        }

        @Override
        public void run() {
            CallFrame frame = new CallFrame();
            int done = 0;
            for (Job now = take(0); now != null; now = take(done)) {
                now.device.workers.perform(now, frame);
                done = (done >= BATCH ? 0 : done) + weight(now);
                device = null;
                ended.add(now);
            }
        }

        /** The next one; null when this turn is over. */
        private @Nullable Job take(int done) {
            Job next;
            lock.lock();
            try {
                next = next();
            } finally {
                lock.unlock();
            }
            if (done > 0 && (done >= BATCH || next == null) && handingBack.compareAndSet(false, true)) {
                strand.execute(handBack);
            }
            return next != null ? next : awaitOne();
        }

        /** Under the lock. */
        private @Nullable Job next() {
            if (!hasItsPlace()) {
                return null;
            }
            FileDevice others = others();
            Job next = others == null ? queue.poll() : queue.pollExcept(others);
            isWaiting = !queue.isEmpty();
            if (next != null) {
                count = ++begun;
                device = next.device;
            }
            return next;
        }

        /** What the other turn, if there is one, writes to. */
        private @Nullable FileDevice others() {
            Turn other = beside(place);
            return other == null ? null : other.device;
        }

        private @Nullable Job awaitOne() {
            look.lookFor(waiting);
            lock.lock();
            try {
                long left = IDLE_NANOS;
                while (hasItsPlace()) {
                    Job next = next();
                    if (next != null) {
                        idle = false;
                        return next;
                    }
                    if (left <= 0) {
                        turns[place] = null;
                        return null;
                    }
                    idle = true;
                    left = called.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                if (hasItsPlace()) {
                    turns[place] = null;
                }
            } finally {
                lock.unlock();
            }
            return null;
        }
    }
}
