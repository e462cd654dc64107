package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.ReadCompletion;
import io.quorumd.pdu.SenseData;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a logical unit keeps for a task: its place in the task set, the command, and the completions of READ and WRITE.
 * Part of the {@link ScsiTask} and reused with it, so that these commands allocate nothing.
 */
final class Execution implements ReadCompletion, Completion {

    private @Nullable ScsiTask task;
    private @Nullable TaskSet set;
    private @Nullable NexusState nexus;
    private @Nullable Command command;
    private @Nullable SenseData refusal;
    private @Nullable List<Countdown> endings;
    private @Nullable Runnable whenAborted;
    private boolean aborted;

    // The place in the task set, which alone changes these.

    @Nullable
    Execution older;

    @Nullable
    Execution younger;

    int attribute;
    boolean complete;
    boolean started;

    /**
     * The task enters a task set.
     *
     * @param from null where nothing is kept for a nexus
     * @param what null for a command that does not exist
     * @param why the command is going to fail, as its CDB tells; null when it may run
     */
    void begin(
            ScsiTask newTask,
            TaskSet taskSet,
            @Nullable NexusState from,
            @Nullable Command what,
            @Nullable SenseData why) {
        if (set != null) {
            throw new IllegalStateException("task accepted twice");
        }
        task = newTask;
        set = taskSet;
        nexus = from;
        command = what;
        refusal = why;
        aborted = false;
        whenAborted = null;
        attribute = what != null && what.isImmediate() ? TaskSet.IMMEDIATE : newTask.attribute;
        complete = false;
        started = false;
        taskSet.enter(this);
    }

    ScsiTask task() {
        return Objects.requireNonNull(task);
    }

    NexusState nexus() {
        return Objects.requireNonNull(nexus);
    }

    @Nullable
    Command command() {
        return command;
    }

    @Nullable
    SenseData refusal() {
        return refusal;
    }

    boolean aborted() {
        return aborted;
    }

    /** False before the task is accepted, and from its end on. */
    boolean isInTaskSet() {
        return set != null;
    }

    /** Ends at once what has not started; what has, ends when its last request to the medium does. */
    void abort() {
        if (set == null || aborted) {
            return;
        }
        aborted = true;
        Runnable told = whenAborted;
        if (told != null) {
            told.run();
        }
        if (!started || told != null) {
            task().status(ScsiTask.TASK_ABORTED);
        }
    }

    /** The command only waits for something that goes on without it: aborted, it ends at once, and that is told. */
    void detach(Runnable told) {
        whenAborted = told;
    }

    /** Has {@code ending} told when the task has ended. */
    void onEnd(Countdown ending) {
        if (endings == null) {
            endings = new ArrayList<>(1);
        }
        endings.add(ending);
    }

    boolean isAwaitedBy(Countdown ending) {
        return endings != null && endings.contains(ending);
    }

    /** The outcome stands in {@code ended}: leaves the task set, tells the transport, lets waiting tasks start. */
    void end(ScsiTask ended) {
        TaskSet left = set;
        List<Countdown> toTell = endings;
        if (left != null) {
            left.leave(this);
        }
        set = null;
        endings = null;
        // From here on this object may be in use for another command.
        ended.finished();
        if (toTell != null) {
            toTell.forEach(Countdown::one);
        }
        if (left != null) {
            left.dispatch();
        }
    }

    /** READ has its data. */
    @Override
    public void completed(@Nullable ByteBuf data, @Nullable BlockError error) {
        if (data != null) {
            task().good(data);
        } else {
            task().checkCondition(BlockErrorSense.ofRead(Objects.requireNonNull(error)));
        }
    }

    /** WRITE, or whatever else has no data to return, is done. */
    @Override
    public void completed(@Nullable BlockError error) {
        if (error == null) {
            task().good();
        } else {
            task().checkCondition(BlockErrorSense.ofWrite(error));
        }
    }
}
