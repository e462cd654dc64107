package io.quorumd.scsi;

import io.quorumd.block.BlockError;
import io.quorumd.pdu.SenseData;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sanitize operation of a disk (SBC-4 §4.11): while it runs, and when it has failed until one succeeds, nothing else
 * can be done with the medium. Aborts and resets end the command, not the operation.
 */
final class Sanitizing {

    private static final SenseData IN_PROGRESS = new SenseData(SenseData.NOT_READY, 0x04, 0x1B);
    private static final SenseData FAILED = new SenseData(SenseData.MEDIUM_ERROR, 0x31, 0x03);

    private final StopOthers others;
    private @Nullable Overwriting running;
    private @Nullable ScsiTask waiting;
    private boolean failed;

    /** Ends all other commands of the disk, and says when they have. */
    interface StopOthers {
        void stop(ScsiTask except, Runnable done);
    }

    Sanitizing(StopOthers others) {
        this.others = others;
    }

    void start(ScsiTask task, Overwriting operation) {
        running = operation;
        waiting = task;
        task.execution().detach(() -> waiting = null);
        // A write under way could otherwise land on what was overwritten.
        others.stop(task, () -> operation.run(this::ended));
    }

    private void ended(@Nullable BlockError error) {
        running = null;
        failed = error != null;
        answer(task -> {
            if (error == null) {
                task.good();
            } else {
                task.checkCondition(FAILED);
            }
        });
    }

    private void answer(Consumer<ScsiTask> how) {
        ScsiTask task = waiting;
        waiting = null;
        if (task != null) {
            how.accept(task);
        }
    }

    /** Why nothing can be done with the medium; null when it can. */
    @Nullable
    SenseData state() {
        Overwriting now = running;
        if (now != null) {
            return IN_PROGRESS.withProgress(now.progress());
        }
        return failed ? FAILED : null;
    }

    /** Why {@code command} cannot be done; null when it can. Only another sanitize helps after one has failed. */
    @Nullable
    SenseData refuse(Command command) {
        if (running == null && !failed) {
            return null;
        }
        boolean again = running == null && command instanceof Sanitize;
        return again || command.isImmediate() || command instanceof ReportSupportedOpcodes ? null : state();
    }
}
