package io.quorumd.scsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/**
 * One SCSI command from its arrival to its status (SAM-6 "command"). The transport subclasses it with what it has to
 * remember (initiator task tag, data sequence numbers), and reuses the objects: nothing is allocated per command.
 *
 * <p>The way of a task: the transport fills in the request and calls {@link LogicalUnit#accept}; collects as many bytes
 * of data-out as that says; calls {@link LogicalUnit#execute}; and is told by {@link #finished} when the outcome stands
 * in the fields below. All of it happens on the logical unit's strand.
 *
 * <p>Buffers: {@link #dataOut} belongs to the task and is released by the transport after {@link #finished}. A
 * {@link #dataIn} that is set when {@link #finished} is called belongs to the transport.
 */
public abstract class ScsiTask {

    /** Status codes (SAM-6 §5.3.1). */
    public static final int GOOD = 0x00;

    public static final int CHECK_CONDITION = 0x02;
    public static final int BUSY = 0x08;
    public static final int RESERVATION_CONFLICT = 0x18;
    public static final int TASK_SET_FULL = 0x28;
    public static final int ACA_ACTIVE = 0x30;
    public static final int TASK_ABORTED = 0x40;

    /** Task attributes as iSCSI numbers them (RFC 7143 §11.3.1). */
    public static final int UNTAGGED = 0;

    public static final int SIMPLE = 1;
    public static final int ORDERED = 2;
    public static final int HEAD_OF_QUEUE = 3;
    public static final int ACA = 4;

    // The request, set by the transport before accept().

    /** The command descriptor block; {@link #cdbLength} bytes of it count, 16 or more, zero-padded. */
    public byte[] cdb = new byte[16];

    public int cdbLength = 16;
    /** One of {@link #UNTAGGED} … {@link #ACA}. */
    public int attribute;
    /** Bytes the initiator has for the command, in and out (EDTL and the R and W bits; 0 where the bit is off). */
    public long expectedDataIn;

    public long expectedDataOut;

    private @Nullable ItNexus nexus;

    /** What the initiator sent, complete before execute(); null when nothing was wanted. */
    public @Nullable ByteBuf dataOut;

    // The outcome, valid from finished() on.

    public int status;
    public @Nullable SenseData sense;
    /** May be longer than {@link #expectedDataIn}: the transport sends what fits. */
    public @Nullable ByteBuf dataIn;
    /**
     * How many bytes the command itself would move, whatever the initiator expected; residuals are computed from it.
     * -1: the length of {@link #dataIn}, or of data-out wanted.
     */
    public long transferLength = -1;

    private boolean descriptorSense;

    private final Execution execution = new Execution();

    /** The initiator port and target port this command came through. */
    public final ItNexus nexus() {
        if (nexus == null) {
            throw new IllegalStateException("task without a nexus");
        }
        return nexus;
    }

    public final void nexus(ItNexus nexus) {
        this.nexus = nexus;
    }

    /**
     * Whether it was aborted, by its own initiator or by another: no response is due (TAS is 0). Valid from
     * {@link #finished} on, until the task is accepted again.
     */
    public final boolean aborted() {
        return execution.aborted();
    }

    /** Bytes that {@link #writeSense} appends; 0 without sense data. */
    public final int senseLength() {
        return sense == null ? 0 : sense.length(descriptorSense);
    }

    /** Appends the sense data in the format that the initiator has asked for (D_SENSE, SPC-5 Control mode page). */
    public final void writeSense(ByteBuf out) {
        if (sense != null) {
            sense.write(out, descriptorSense);
        }
    }

    final void descriptorSense(boolean wanted) {
        descriptorSense = wanted;
    }

    final Execution execution() {
        return execution;
    }

    public final void good() {
        finish(GOOD, null, null);
    }

    /** @param data ownership passes with it */
    public final void good(ByteBuf data) {
        finish(GOOD, null, data);
    }

    public final void checkCondition(SenseData why) {
        finish(CHECK_CONDITION, why, null);
    }

    /** Ends the command with a status that has neither sense data nor data-in. */
    public final void status(int code) {
        finish(code, null, null);
    }

    private void finish(int code, @Nullable SenseData why, @Nullable ByteBuf data) {
        if (execution.aborted()) {
            finishAborted(data);
        } else {
            status = code;
            sense = why;
            dataIn = data;
        }
        execution.end(this);
    }

    private void finishAborted(@Nullable ByteBuf data) {
        if (data != null) {
            data.release();
        }
        status = TASK_ABORTED;
        sense = null;
        dataIn = null;
    }

    /**
     * The outcome stands in the fields; called once per task on the logical unit's strand. Also called for a task that
     * was aborted, once its last request to the medium has ended, so that the transport can give back its buffers; the
     * transport knows that no response is due.
     */
    protected abstract void finished();
}
