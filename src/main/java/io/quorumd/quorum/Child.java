package io.quorumd.quorum;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Strand;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One child: its device while it has one, its state, what it failed at, and its requests that were left behind by a
 * timeout but have not ended.
 */
final class Child {

    /** What the device does about its children. */
    interface Watcher {

        void changed(Child child, ChildState from, ChildState to, String reason);

        /** Its file or connection is gone. */
        void lost(Child child, String reason);

        /** A request failed. */
        void failed(Child child, BlockError error);

        /** Its {@link Backlog} is too long. */
        void overtaken(Child child);
    }

    final int index;
    final Stragglers stragglers = new Stragglers();
    final Backlog backlog;
    private final ChildSpec spec;
    private final Watcher watcher;
    private final Timeouts timeouts;
    private final Timeouts flushTimeouts;
    private final Timeouts heldTimeouts;
    private final List<ChildRequest> leftBehind = new ArrayList<>();
    private final Map<FailureType, AtomicLong> failures = new EnumMap<>(FailureType.class);
    private volatile Condition condition = new Condition(ChildState.OPENING, "");
    private @Nullable BlockDevice device;
    private long answered;
    private int flushFailures;
    private volatile String lastFailure = "";

    /** State and why, read by any thread. */
    record Condition(ChildState state, String reason) {}

    Child(int index, ChildSpec spec, Strand strand, QuorumTimes times, int backlogLimit, Watcher watcher) {
        this.index = index;
        this.backlog = new Backlog(backlogLimit);
        this.spec = spec;
        this.watcher = watcher;
        for (FailureType type : FailureType.values()) {
            failures.put(type, new AtomicLong());
        }
        this.timeouts = new Timeouts(strand, times.childNanos());
        this.flushTimeouts = new Timeouts(strand, times.flushNanos());
        this.heldTimeouts = new Timeouts(strand, times.heldNanos());
    }

    String nodeName() {
        return spec.nodeName();
    }

    ChildSpec spec() {
        return spec;
    }

    int bit() {
        return 1 << index;
    }

    Condition condition() {
        return condition;
    }

    /** What it last failed with, empty if it never did. Any thread. */
    String lastFailure() {
        return lastFailure;
    }

    /** Null unless it answers. */
    @Nullable
    BlockDevice device() {
        return device;
    }

    void opened(BlockDevice fresh) {
        device = fresh;
        become(ChildState.ANSWERING, "");
    }

    /** Asked nothing any more until {@link #opened}; the device is the caller's to close. */
    @Nullable
    BlockDevice faulted(String reason) {
        BlockDevice old = device;
        device = null;
        become(ChildState.FAULTED, reason);
        return old;
    }

    /** Open, but not asked until {@link #resumed}. */
    void suspended(String reason) {
        become(ChildState.SUSPENDED, reason);
    }

    void resumed() {
        become(ChildState.ANSWERING, "");
    }

    /** Another attempt to open it failed. */
    void stillFaulted(String reason) {
        condition = new Condition(ChildState.FAULTED, reason);
    }

    @Nullable
    BlockDevice closed() {
        BlockDevice old = device;
        device = null;
        become(ChildState.CLOSED, "");
        return old;
    }

    void count(FailureType type) {
        counter(type).incrementAndGet();
    }

    long failures(FailureType type) {
        return counter(type).get();
    }

    private AtomicLong counter(FailureType type) {
        return Objects.requireNonNull(failures.get(type));
    }

    /** Whether a request that was left behind may still change something in this range. */
    boolean isBusy(long offset, long length) {
        for (int i = 0; i < leftBehind.size(); i++) {
            ChildRequest request = leftBehind.get(i);
            if (request.kind() != ChildRequest.Kind.READ && request.overlaps(offset, length)) {
                return true;
            }
        }
        return false;
    }

    /** How many requests have not ended though nobody waits for them any more. */
    int leftBehind() {
        return leftBehind.size();
    }

    /** How many requests it did well. */
    long answered() {
        return answered;
    }

    boolean hasLeftBehind() {
        return !leftBehind.isEmpty();
    }

    void watch(ChildRequest request) {
        switch (request.kind()) {
            case READ, WRITE, ZEROES -> timeouts.watch(request);
            case FLUSH -> (request.isHeld() ? heldTimeouts : flushTimeouts).watch(request);
        }
    }

    /** Nobody waits for a request any more that is under way. */
    void late(long bytes) {
        boolean before = backlog.isTooLong();
        backlog.add(bytes);
        if (!before && backlog.isTooLong()) {
            watcher.overtaken(this);
        }
    }

    void leftBehind(ChildRequest request) {
        leftBehind.add(request);
    }

    /** A request that nobody waits for has had its time. */
    void hangs() {
        count(FailureType.TIMEOUT);
        watcher.failed(this, BlockError.of(Errno.ETIMEDOUT, "no answer in time"));
    }

    void leftBehindEnded(ChildRequest request) {
        leftBehind.remove(request);
    }

    /** Whether {@code other} is the device it has now. */
    boolean isCurrent(@Nullable BlockDevice other) {
        return device != null && device == other;
    }

    /** How many of its flushes have failed; one that succeeds tells nothing when another failed while it was under way. */
    int flushFailures() {
        return flushFailures;
    }

    void countFailedFlush() {
        flushFailures++;
    }

    void answered(@Nullable BlockDevice by, @Nullable BlockError error) {
        if (error == null) {
            answered++;
            return;
        }
        lastFailure = error.message();
        watcher.failed(this, error);
        if (error.code() == Errno.ENODEV && isCurrent(by)) {
            watcher.lost(this, error.message());
        }
    }

    private void become(ChildState state, String reason) {
        ChildState before = condition.state();
        condition = new Condition(state, reason);
        if (before != state) {
            watcher.changed(this, before, state, reason);
        }
    }

    @Override
    public String toString() {
        return nodeName();
    }
}
