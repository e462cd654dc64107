package io.quorumd.iscsi;

import io.netty.channel.EventLoop;
import io.netty.util.collection.IntObjectHashMap;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.TargetHeaders;
import io.quorumd.scsi.LogicalUnit;
import io.quorumd.scsi.ScsiTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a session: puts them in the order of their CmdSN, hands SCSI commands to their logical units, answers
 * them when they have ended. Everything here happens on the connection's event loop.
 */
final class CommandFlow {

    /** Immediate commands have no window; this bounds them (RFC 7143 §4.2.2.1). */
    private static final int IMMEDIATE_MAX = 64;

    private static final int READ = 0x40;
    private static final int WRITE = 0x20;
    /** In the window, in place of a command that was rejected or aborted before its turn. */
    private static final Object NOTHING = new Object();

    private final IscsiConnection connection;
    private final IscsiSession session;
    private final CommandWindow window;
    private final Responses responses;
    private final DataOutTransfer dataOut;
    private final Consumer<Pdu> control;
    private final CommandListener listener;
    private final IntObjectHashMap<IscsiTask> tasks = new IntObjectHashMap<>();
    private final ArrayDeque<IscsiTask> idle = new ArrayDeque<>();
    private int immediateTasks;
    private boolean closed;

    /** @param control takes the commands that are not SCSI commands, when their turn has come */
    CommandFlow(
            IscsiConnection connection,
            IscsiSession session,
            CommandWindow window,
            Responses responses,
            Consumer<Pdu> control) {
        this.connection = connection;
        this.session = session;
        this.window = window;
        this.responses = responses;
        this.control = control;
        var server = connection.server();
        this.listener = server.listener();
        this.dataOut = new DataOutTransfer(
                this,
                responses,
                connection.allocator(),
                server.budget(),
                session.login().keys());
    }

    EventLoop loop() {
        return connection.loop();
    }

    DataOutTransfer dataOut() {
        return dataOut;
    }

    /** Something to be sent stands in the writer. */
    void answered() {
        connection.scheduleFlush();
    }

    @Nullable
    IscsiTask task(int initiatorTaskTag) {
        return tasks.get(initiatorTaskTag);
    }

    /** Every command that has not ended, for aborts; a copy, since aborting ends them. */
    List<IscsiTask> tasks() {
        return new ArrayList<>(tasks.values());
    }

    int inFlight() {
        return tasks.size();
    }

    CommandWindow window() {
        return window;
    }

    void scsiCommand(Pdu pdu) {
        boolean immediate = pdu.immediate();
        var arrival = immediate ? CommandWindow.Arrival.DELIVER : window.arrived(pdu.intAt(24));
        if (arrival == CommandWindow.Arrival.IGNORE) {
            return;
        }
        int objection = objection(pdu);
        if (objection != 0) {
            responses.reject(pdu, objection);
            skip(pdu.intAt(24), arrival, immediate);
            return;
        }
        IscsiTask task = take(pdu);
        task.heldBack = arrival == CommandWindow.Arrival.AHEAD;
        dataOut.begin(task, pdu);
        if (task.heldBack) {
            window.hold(task.cmdSn, task);
        } else {
            deliver(task);
            deliverHeld();
        }
    }

    /** A command other than a SCSI command. */
    void controlCommand(Pdu pdu) {
        if (pdu.immediate()) {
            receiveControl(pdu);
            return;
        }
        switch (window.arrived(pdu.intAt(24))) {
            case DELIVER -> {
                receiveControl(pdu);
                window.ended();
                deliverHeld();
            }
            case AHEAD -> window.hold(pdu.intAt(24), pdu.keep());
            case IGNORE -> {}
        }
    }

    /** ABORT TASK of a command that never came: its number counts as received (RFC 7143 §11.5.1). */
    boolean skipMissing(int cmdSn) {
        boolean missing = window.isAhead(cmdSn) && window.held(cmdSn) == null;
        if (missing) {
            window.hold(cmdSn, NOTHING);
        } else if (cmdSn == window.expCmdSn()) {
            missing = window.arrived(cmdSn) == CommandWindow.Arrival.DELIVER;
            window.ended();
            deliverHeld();
        }
        return missing;
    }

    /** The logical unit has said how much data it wants. */
    void accepted(IscsiTask task) {
        dataOut.proceed(task);
    }

    /** Ends a command with its {@link IscsiTask#fault}. */
    void fail(IscsiTask task) {
        if (!task.failing) {
            task.failing = true;
            end(task);
        }
    }

    /** The initiator, or the end of the connection, takes a command back: no response; {@link IscsiTask#onEnd} follows. */
    void abort(IscsiTask task) {
        if (task.hasEnded()) {
            return;
        }
        task.silent = true;
        if (task.heldBack) {
            task.heldBack = false;
            window.hold(task.cmdSn, NOTHING);
            task.immediate = true; // its place in the window is given back when its turn comes
            immediateTasks++;
        }
        end(task);
    }

    private void end(IscsiTask task) {
        if (!task.handedOver) {
            finished(task);
            return;
        }
        LogicalUnit unit = task.unit();
        if (unit.strand().isCurrent()) {
            unit.abort(task);
        } else {
            task.pins++;
            unit.strand().execute(() -> {
                unit.abort(task);
                loop().execute(() -> unpin(task));
            });
        }
    }

    private void unpin(IscsiTask task) {
        task.pins--;
        if (task.hasEnded()) {
            recycle(task);
        }
    }

    /** The outcome of a command stands in it. */
    void finished(IscsiTask task) {
        task.markEnded();
        tasks.remove(task.initiatorTaskTag);
        if (task.immediate) {
            immediateTasks--;
        } else {
            window.ended();
        }
        respond(task);
        task.releaseBuffers();
        dataOut.end(task);
        connection.inFlight(tasks.size());
        Runnable onEnd = task.onEnd;
        recycle(task);
        if (onEnd != null) {
            onEnd.run();
        }
        if (tasks.isEmpty()) {
            connection.idle();
        }
    }

    private void respond(IscsiTask task) {
        if (closed || task.silent || (task.fault == null && task.handedOver && task.aborted())) {
            return;
        }
        if (task.fault != null) {
            task.status = ScsiTask.CHECK_CONDITION;
            task.sense = task.fault;
            task.transferLength = 0;
        }
        long bytesIn = responses.command(task);
        connection.count(bytesIn, task.received);
        if (listener != CommandListener.NONE) {
            listener.ended(
                    task.cdb[0] & 0xff, task.status, System.nanoTime() - task.startNanos, bytesIn, task.received);
        }
        connection.scheduleFlush();
    }

    /** The connection is gone: takes every command back. */
    void close() {
        closed = true;
        for (IscsiTask task : tasks()) {
            task.heldBack = false;
            abort(task);
        }
        for (Object command : window.takeAll()) {
            if (command instanceof Pdu kept) {
                kept.discard();
            }
        }
    }

    private void receiveControl(Pdu pdu) {
        if (pdu.isDataDigestWrong()) {
            responses.reject(pdu, RejectReason.DATA_DIGEST_ERROR);
        } else {
            control.accept(pdu);
        }
    }

    private void deliverHeld() {
        for (Object command = window.next(); command != null; command = window.next()) {
            if (command instanceof IscsiTask task) {
                task.heldBack = false;
                deliver(task);
            } else {
                if (command instanceof Pdu kept) {
                    receiveControl(kept);
                    kept.discard();
                }
                window.ended();
            }
        }
    }

    private void deliver(IscsiTask task) {
        if (task.fault != null) {
            dataOut.proceed(task);
        } else {
            task.handOver();
        }
    }

    private void skip(int cmdSn, CommandWindow.Arrival arrival, boolean immediate) {
        if (arrival == CommandWindow.Arrival.AHEAD) {
            window.hold(cmdSn, NOTHING);
        } else if (!immediate) {
            window.ended();
            deliverHeld();
        }
    }

    /** A reason to reject a command, or 0. */
    private int objection(Pdu pdu) {
        int tag = pdu.initiatorTaskTag();
        boolean bidirectional = (pdu.flags() & (READ | WRITE)) == (READ | WRITE);
        if (session.isDiscovery() || bidirectional) {
            return RejectReason.COMMAND_NOT_SUPPORTED;
        }
        if (tag == TargetHeaders.NO_TAG) {
            return RejectReason.INVALID_PDU_FIELD;
        }
        if (tasks.containsKey(tag)) {
            return RejectReason.TASK_IN_PROGRESS;
        }
        return pdu.immediate() && immediateTasks >= IMMEDIATE_MAX ? RejectReason.TOO_MANY_IMMEDIATE_COMMANDS : 0;
    }

    private IscsiTask take(Pdu pdu) {
        IscsiTask task = idle.pollLast();
        if (task == null) {
            task = new IscsiTask(this);
            task.nexus(session.nexus());
        }
        task.reset();
        task.initiatorTaskTag = pdu.initiatorTaskTag();
        task.lun = pdu.lun();
        task.cmdSn = pdu.intAt(24);
        task.immediate = pdu.immediate();
        task.startNanos = listener == CommandListener.NONE ? 0 : System.nanoTime();
        int flags = pdu.flags();
        task.attribute = flags & 0x07;
        long expected = pdu.intAt(20) & 0xffffffffL;
        task.expectedDataIn = (flags & READ) != 0 ? expected : 0;
        task.expectedDataOut = (flags & WRITE) != 0 ? expected : 0;
        CdbReader.read(pdu, task);
        task.unit(session.scsi().logicalUnit(task.lun));
        tasks.put(task.initiatorTaskTag, task);
        if (task.immediate) {
            immediateTasks++;
        }
        connection.inFlight(tasks.size());
        return task;
    }

    private void recycle(IscsiTask task) {
        if (task.reusable()) {
            idle.addLast(task);
        }
    }
}
