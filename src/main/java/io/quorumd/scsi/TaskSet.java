package io.quorumd.scsi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a logical unit, of all nexuses, in the order they arrived (SAM-6 §8). SIMPLE commands run side by
 * side, in no order (QUEUE ALGORITHM MODIFIER 1); an ORDERED one waits for everything older and holds up everything
 * younger; a HEAD OF QUEUE one starts at once and holds up what has not started.
 */
final class TaskSet {

    /** Starts at once and holds up nobody: INQUIRY and its like (SAM-6 §8.6.2, implicit HEAD OF QUEUE). */
    static final int IMMEDIATE = -1;

    private final Consumer<Execution> starter;
    private @Nullable Execution oldest;
    private @Nullable Execution youngest;
    /** Tasks with an attribute that holds up others. While there are none, nothing is looked at. */
    private int ordering;
    /** Tasks that are complete and have not started. */
    private int waiting;

    private boolean dispatching;

    TaskSet(Consumer<Execution> starter) {
        this.starter = starter;
    }

    void enter(Execution x) {
        x.younger = null;
        x.older = youngest;
        if (youngest == null) {
            oldest = x;
        } else {
            youngest.younger = x;
        }
        youngest = x;
        ordering += holdsUpOthers(x) ? 1 : 0;
    }

    /** The task has its data-out: starts it now or when its turn comes. */
    void complete(Execution x) {
        if (x.complete) {
            throw new IllegalStateException("task executed twice");
        }
        x.complete = true;
        if (mayStart(x)) {
            x.started = true;
            starter.accept(x);
        } else {
            waiting++;
        }
    }

    void leave(Execution x) {
        if (x.older == null) {
            oldest = x.younger;
        } else {
            x.older.younger = x.younger;
        }
        if (x.younger == null) {
            youngest = x.older;
        } else {
            x.younger.older = x.older;
        }
        ordering -= holdsUpOthers(x) ? 1 : 0;
        waiting -= x.complete && !x.started ? 1 : 0;
        x.older = null;
        x.younger = null;
    }

    /** Starts what no longer has to wait. A task that ends while it starts does not recurse into this. */
    void dispatch() {
        if (dispatching || waiting == 0) {
            return;
        }
        dispatching = true;
        try {
            for (Execution x = nextToStart(); x != null; x = nextToStart()) {
                waiting--;
                x.started = true;
                starter.accept(x);
            }
        } finally {
            dispatching = false;
        }
    }

    private @Nullable Execution nextToStart() {
        if (waiting == 0) {
            return null;
        }
        for (Execution x = oldest; x != null; x = x.younger) {
            if (x.complete && !x.started && mayStart(x)) {
                return x;
            }
        }
        return null;
    }

    private boolean mayStart(Execution x) {
        if (ordering == 0 || x.attribute == IMMEDIATE || x.attribute == ScsiTask.HEAD_OF_QUEUE) {
            return true;
        }
        boolean before = true;
        for (Execution other = oldest; other != null; other = other.younger) {
            if (other == x) {
                before = false;
            } else if (other.attribute == ScsiTask.HEAD_OF_QUEUE
                    || (before && (x.attribute == ScsiTask.ORDERED || other.attribute == ScsiTask.ORDERED))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holdsUpOthers(Execution x) {
        return x.attribute == ScsiTask.ORDERED || x.attribute == ScsiTask.HEAD_OF_QUEUE;
    }

    /** Aborts the tasks that {@code which} picks; {@code done} runs once all of them have ended. */
    void abort(Predicate<Execution> which, Runnable done) {
        List<Execution> picked = new ArrayList<>();
        for (Execution x = oldest; x != null; x = x.younger) {
            if (which.test(x)) {
                picked.add(x);
            }
        }
        Countdown ending = new Countdown(picked.size() + 1, done);
        picked.forEach(x -> x.onEnd(ending));
        // What the end of one sets off may end another, whose object may by then serve a new command.
        picked.stream().filter(x -> x.isAwaitedBy(ending)).forEach(Execution::abort);
        ending.one();
    }
}
