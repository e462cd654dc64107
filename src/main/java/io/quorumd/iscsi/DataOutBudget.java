package io.quorumd.iscsi;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the write data that all sessions together have in memory. Unsolicited data comes unasked and is only counted
 * (the command window and FirstBurstLength bound it); solicited data is asked for when it fits. Who holds none may always
 * ask for one command's, so that no session can starve another by announcing writes it never sends. Thread-safe.
 */
final class DataOutBudget {

    private record Waiter(Executor executor, Runnable retry) {}

    private final long limit;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

    DataOutBudget(long limit) {
        this.limit = limit;
    }

    /** Counts what is here already. */
    void charge(long bytes) {
        used.addAndGet(bytes);
    }

    /** @param held what the asking connection has been granted so far, in bytes; at most a quarter may become its */
    boolean tryTake(long bytes, long held) {
        if (held == 0) {
            used.addAndGet(bytes);
            return true;
        }
        if (held + bytes > limit / 4) {
            return false;
        }
        long before;
        do {
            before = used.get();
            if (before + bytes > limit) {
                return false;
            }
        } while (!used.compareAndSet(before, before + bytes));
        return true;
    }

    /** After a refusal: runs {@code retry} once, when something has been given back. */
    void await(Executor executor, Runnable retry) {
        waiters.add(new Waiter(executor, retry));
        if (used.get() == 0) {
            wake();
        }
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
        if (!waiters.isEmpty()) {
            wake();
        }
    }

    long used() {
        return used.get();
    }

    private void wake() {
        for (int n = waiters.size(); n > 0; n--) {
            Waiter waiter = waiters.poll();
            if (waiter == null) {
                return;
            }
            waiter.executor().execute(waiter.retry());
        }
    }
}
