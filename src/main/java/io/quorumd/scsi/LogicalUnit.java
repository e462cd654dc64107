package io.quorumd.scsi;

import io.quorumd.block.Strand;

/**
 * What a LUN leads to: the disk, or what answers for a LUN without one. Every method but {@link #strand} and {@link #exists} is called on
 * {@link #strand}.
 */
public interface LogicalUnit {

    Strand strand();

    /** Whether there is something at this number; a task management function for nothing is refused. On any thread. */
    default boolean exists() {
        return true;
    }

    /**
     * The command has arrived: it enters the task set, in the order of calls.
     *
     * @return how many bytes of data-out the transport must have collected before {@link #execute}, at most
     *     {@link ScsiTask#expectedDataOut}; 0 also where the command is going to fail, which execute() then says
     */
    int accept(ScsiTask task);

    /** Its data-out is complete: runs it, as soon as the task set allows. */
    void execute(ScsiTask task);

    /**
     * ABORT TASK, also for a task whose data-out never became complete (then it leaves the task set and
     * {@link ScsiTask#finished} runs before this returns). Of a task under way, finished() runs when its last request to
     * the medium has ended; the response to the ABORT TASK waits for that. Without effect on a task that has finished.
     */
    void abort(ScsiTask task);

    /**
     * ABORT TASK SET (SAM-6 §7.3): every task of that nexus.
     *
     * <p>A task whose write is under way cannot be taken back: until it has ended it may still change the medium. The
     * response to the task management function must wait for {@code done}, or what the initiator writes next could be
     * overwritten by what it aborted.
     *
     * @param done runs once when the last of the aborted tasks has ended, possibly before this returns
     */
    void abortTaskSet(ItNexus nexus, Runnable done);

    /** CLEAR TASK SET (SAM-6 §7.5): every task of every nexus; the other nexuses get a unit attention. */
    void clearTaskSet(ItNexus by, Runnable done);

    /** LOGICAL UNIT RESET (SAM-6 §7.6): aborts every task, resets mode pages, unit attention for all nexuses. */
    void reset(Runnable done);

    /** The session is gone (SAM-6 §6.3.4): its tasks are aborted, what is kept for it is forgotten. */
    void nexusLost(ItNexus nexus, Runnable done);
}
