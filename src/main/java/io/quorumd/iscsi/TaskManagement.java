package io.quorumd.iscsi;

import io.quorumd.pdu.Pdu;
import io.quorumd.scsi.LogicalUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Task management functions (RFC 7143 §11.5, SAM-6 §7). A function is answered when what it aborted has really ended:
 * a write under way may change the medium until then, and the initiator may write anew as soon as it has the answer.
 */
final class TaskManagement {

    private static final int ABORT_TASK = 1;
    private static final int ABORT_TASK_SET = 2;
    private static final int CLEAR_ACA = 3;
    private static final int CLEAR_TASK_SET = 4;
    private static final int LOGICAL_UNIT_RESET = 5;
    private static final int TARGET_WARM_RESET = 6;
    private static final int TARGET_COLD_RESET = 7;
    private static final int TASK_REASSIGN = 8;

    private static final int COMPLETE = 0;
    private static final int NO_SUCH_TASK = 1;
    private static final int NO_SUCH_LUN = 2;
    private static final int REASSIGNMENT_NOT_SUPPORTED = 4;
    private static final int NOT_SUPPORTED = 5;
    private static final int REJECTED = 255;

    private final IscsiConnection connection;
    private final IscsiSession session;
    private final CommandFlow flow;
    private final Responses responses;

    TaskManagement(IscsiConnection connection, IscsiSession session, CommandFlow flow, Responses responses) {
        this.connection = connection;
        this.session = session;
        this.flow = flow;
        this.responses = responses;
    }

    void received(Pdu pdu) {
        int tag = pdu.initiatorTaskTag();
        int function = pdu.flags() & 0x7f;
        if (session.isDiscovery()) {
            responses.reject(pdu, RejectReason.COMMAND_NOT_SUPPORTED);
            return;
        }
        switch (function) {
            case ABORT_TASK -> abortTask(tag, pdu);
            case ABORT_TASK_SET, CLEAR_TASK_SET, LOGICAL_UNIT_RESET -> onUnit(tag, pdu.lun(), function);
            case TARGET_WARM_RESET -> resetTarget(() -> answer(tag, COMPLETE));
            case TARGET_COLD_RESET -> resetTarget(() -> coldResetDone(tag));
            case TASK_REASSIGN -> answer(tag, REASSIGNMENT_NOT_SUPPORTED);
            case CLEAR_ACA -> answer(tag, NOT_SUPPORTED);
            default -> answer(tag, REJECTED);
        }
    }

    private void abortTask(int tag, Pdu pdu) {
        int referencedCmdSn = pdu.intAt(32);
        IscsiTask task = flow.task(pdu.intAt(20));
        if (task == null) {
            // Never arrived, though sent before this: then it counts as arrived and aborted (§11.5.1).
            boolean before = referencedCmdSn - pdu.intAt(24) < 0;
            answer(tag, before && flow.skipMissing(referencedCmdSn) ? COMPLETE : NO_SUCH_TASK);
        } else if (task.lun != pdu.lun()) {
            answer(tag, NO_SUCH_TASK);
        } else {
            Runnable earlier = task.onEnd;
            task.onEnd = () -> {
                if (earlier != null) {
                    earlier.run();
                }
                answer(tag, COMPLETE);
            };
            flow.abort(task);
        }
    }

    private void onUnit(int tag, long lun, int function) {
        LogicalUnit unit = session.scsi().logicalUnit(lun);
        if (!unit.exists()) {
            answer(tag, NO_SUCH_LUN);
            return;
        }
        silence(lun);
        Runnable done = () -> connection.loop().execute(() -> answer(tag, COMPLETE));
        run(
                unit,
                switch (function) {
                    case ABORT_TASK_SET -> on -> on.abortTaskSet(session.nexus(), done);
                    case CLEAR_TASK_SET -> on -> on.clearTaskSet(session.nexus(), done);
                    default -> on -> on.reset(done);
                });
    }

    private void resetTarget(Runnable then) {
        for (IscsiTask task : flow.tasks()) {
            silenceOne(task);
        }
        forEachUnit(connection, units(), LogicalUnit::reset, then);
    }

    /** All sessions of the target end, this one when its answer is out (RFC 7143 §11.5.1). */
    private void coldResetDone(int tag) {
        answer(tag, COMPLETE);
        connection.closeAfterFlush();
        for (IscsiSession other : connection.server().sessions().all()) {
            if (other != session && session.target() == other.target()) {
                other.connection().close("target cold reset");
            }
        }
    }

    private void silence(long lun) {
        for (IscsiTask task : flow.tasks()) {
            if (task.lun == lun) {
                silenceOne(task);
            }
        }
    }

    /** The logical unit ends what it has; a command before its turn is not there yet, and not meant. */
    private static void silenceOne(IscsiTask task) {
        if (task.handedOver) {
            task.silent = true;
        }
    }

    private List<LogicalUnit> units() {
        List<LogicalUnit> units = new ArrayList<>();
        session.scsi().logicalUnits().forEach(units::add);
        return units;
    }

    private void answer(int tag, int response) {
        if (connection.isOpen()) {
            responses.taskManagement(tag, response);
            connection.scheduleFlush();
        }
    }

    /** One action on a logical unit that says when it is done. */
    interface UnitAction {
        void on(LogicalUnit unit, Runnable done);
    }

    /** Runs the action on each unit's strand, and {@code then} on the connection's loop when all are done. */
    static void forEachUnit(IscsiConnection connection, List<LogicalUnit> units, UnitAction action, Runnable then) {
        int[] pending = {units.size()};
        if (units.isEmpty()) {
            then.run();
        }
        Runnable done = () -> connection.loop().execute(() -> {
            if (--pending[0] == 0) {
                then.run();
            }
        });
        for (LogicalUnit unit : units) {
            run(unit, on -> action.on(on, done));
        }
    }

    private static void run(LogicalUnit unit, Consumer<LogicalUnit> action) {
        if (unit.strand().isCurrent()) {
            action.accept(unit);
        } else {
            unit.strand().execute(() -> action.accept(unit));
        }
    }
}
