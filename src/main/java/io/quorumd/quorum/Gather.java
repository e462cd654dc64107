package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import org.jspecify.annotations.Nullable;

/**
 * Waits for several completions and then completes one with the first error among them. Those that end before {@link
 * #allGiven} do not complete it, so that nothing of the caller's is interrupted.
 */
final class Gather implements Completion {

    private final Completion done;
    private int open = 1;
    private @Nullable BlockError error;

    Gather(Completion done) {
        this.done = done;
    }

    /** One more to wait for: it is this object that is to be completed. */
    Completion one() {
        open++;
        return this;
    }

    void allGiven() {
        completed(null);
    }

    @Override
    public void completed(@Nullable BlockError failure) {
        error = error == null ? failure : error;
        if (--open == 0) {
            done.completed(error);
        }
    }
}
