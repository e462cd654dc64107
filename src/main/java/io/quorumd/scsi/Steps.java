package io.quorumd.scsi;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import org.jspecify.annotations.Nullable;

/** Requests to a device one after the other, up to the first that fails; inline completions do not deepen the stack. */
abstract class Steps {

    private boolean issuing;
    private boolean completedInline;

    private final Completion completion = this::completed;

    /** Issues the next request, or says that there is none left. */
    abstract boolean next(Completion done);

    /** All have completed, or one has failed. */
    abstract void ended(@Nullable BlockError error);

    final void run() {
        do {
            issuing = true;
            completedInline = false;
            boolean more = next(completion);
            issuing = false;
            if (!more) {
                ended(null);
                return;
            }
        } while (completedInline);
    }

    private void completed(@Nullable BlockError error) {
        if (error != null) {
            ended(error);
        } else if (issuing) {
            completedInline = true;
        } else {
            run();
        }
    }
}
