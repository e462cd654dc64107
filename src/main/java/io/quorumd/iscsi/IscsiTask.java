package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import io.quorumd.scsi.LogicalUnit;
import io.quorumd.scsi.ScsiTask;
import org.jspecify.annotations.Nullable;

/**
 * A SCSI command with what iSCSI has to remember of it. Belongs to one connection, which uses it again. Its own fields are
 * touched on the connection's event loop only, but for those of {@link ScsiTask} between accept() and finished(), which
 * are the logical unit's strand's; where the two differ, the hops between them order the accesses.
 */
final class IscsiTask extends ScsiTask {

    private final CommandFlow flow;

    /** To the strand and back, made once. */
    private final Runnable acceptHop = this::acceptOnStrand;

    private final Runnable executeHop = this::executeOnStrand;
    private final Runnable acceptedHop = this::acceptedOnLoop;
    private final Runnable finishedHop = this::finishedOnLoop;

    int initiatorTaskTag;
    long lun;
    int cmdSn;
    boolean immediate;
    long startNanos;
    private @Nullable LogicalUnit unit;

    /** Counts its uses, so that what waits for this command recognises it. */
    int generation;
    /** Waiting for its turn in the command window. */
    boolean heldBack;
    /** The logical unit has it, or is just getting it. */
    boolean handedOver;
    /** No response is due: aborted by this initiator, or the connection is gone. */
    boolean silent;
    /** Runs when it has ended: answers of task management functions. */
    @Nullable
    Runnable onEnd;
    /** Calls under way that name this task: it is not used again before they are through. */
    int pins;

    private boolean ended;
    /** Its failure is on the way through the logical unit. */
    boolean failing;
    /** The strand's: finished() was called since accept(). */
    private boolean over;
    /** executeOnStrand() is still to come. */
    private volatile boolean executeUnderWay;

    // Data-out, see DataOutTransfer.

    /** How many bytes the logical unit wants; -1 until it has said so. */
    int wanted;
    /** What has arrived, in order. Becomes {@link #dataOut}. */
    @Nullable
    ByteBuf gathered;

    int received;
    /** Up to here data has been asked for or may come unasked. */
    int solicited;
    /** Unsolicited Data-Out PDUs are still to come. */
    boolean unsolicitedOpen;

    int nextDataSn;
    int r2tsSent;
    int r2tsOpen;
    /** Of the oldest open R2T. */
    int transferTag;

    int burstEnd;
    /** Bytes counted against the budget, and how many of them for data we ask for. */
    long charged;

    long grantedBytes;
    boolean granted;
    boolean waitingForBudget;
    /** What went wrong in the transfer: the command ends with this, unexecuted. */
    @Nullable
    SenseData fault;

    IscsiTask(CommandFlow flow) {
        this.flow = flow;
    }

    void unit(LogicalUnit unit) {
        this.unit = unit;
    }

    LogicalUnit unit() {
        if (unit == null) {
            throw new IllegalStateException("a task without a logical unit");
        }
        return unit;
    }

    /** Before the first use and each further one. */
    void reset() {
        generation++;
        heldBack = false;
        handedOver = false;
        silent = false;
        onEnd = null;
        ended = false;
        unit = null;
        wanted = -1;
        received = 0;
        solicited = 0;
        unsolicitedOpen = false;
        nextDataSn = 0;
        r2tsSent = 0;
        r2tsOpen = 0;
        charged = 0;
        grantedBytes = 0;
        granted = false;
        failing = false;
        waitingForBudget = false;
        fault = null;
        sense = null;
        transferLength = -1;
        status = GOOD;
    }

    /** Its turn has come. */
    void handOver() {
        handedOver = true;
        if (unit().strand().isCurrent()) {
            over = false;
            wanted = unit().accept(this);
            flow.accepted(this);
        } else {
            unit().strand().execute(acceptHop);
        }
    }

    void execute() {
        if (unit().strand().isCurrent()) {
            unit().execute(this);
        } else {
            executeUnderWay = true;
            unit().strand().execute(executeHop);
        }
    }

    private void acceptOnStrand() {
        over = false;
        wanted = unit().accept(this);
        if (wanted == 0 && expectedDataOut == 0) {
            unit().execute(this); // a read: saves going back and forth
        } else {
            flow.loop().execute(acceptedHop);
        }
    }

    private void executeOnStrand() {
        executeUnderWay = false;
        if (!over) { // else another initiator has had it aborted meanwhile
            unit().execute(this);
        }
    }

    private void acceptedOnLoop() {
        flow.accepted(this);
    }

    @Override
    protected void finished() {
        over = true;
        if (flow.loop().inEventLoop()) {
            finishedOnLoop();
        } else {
            flow.loop().execute(finishedHop);
        }
    }

    void markEnded() {
        ended = true;
    }

    private void finishedOnLoop() {
        flow.finished(this);
    }

    /** Nothing that is still under way will touch it. */
    boolean reusable() {
        return pins == 0 && !executeUnderWay;
    }

    /** All its data has come, so that it runs or is going to. */
    boolean isComplete() {
        long needed = wanted >= 0 ? wanted : expectedDataOut;
        return handedOver && fault == null && !unsolicitedOpen && received >= needed;
    }

    boolean hasEnded() {
        return ended;
    }

    void releaseBuffers() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        dataOut = null;
        if (dataIn != null) {
            dataIn.release();
            dataIn = null;
        }
    }
}
