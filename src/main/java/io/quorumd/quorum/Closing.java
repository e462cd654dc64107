package io.quorumd.quorum;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import org.jspecify.annotations.Nullable;

/** Closes devices, all of them even when one close fails; completes with the first failure. */
final class Closing {

    private final @Nullable BlockDevice[] devices;
    private int open = 1;
    private @Nullable BlockError error;
    private Completion done = _ -> {};

    Closing(@Nullable BlockDevice[] devices) {
        this.devices = devices;
    }

    void start(Completion completion) {
        done = completion;
        for (BlockDevice device : devices) {
            if (device != null) {
                open++;
                device.close(this::closed);
            }
        }
        closed(null);
    }

    private void closed(@Nullable BlockError failure) {
        error = error == null ? failure : error;
        if (--open == 0) {
            done.completed(error);
        }
    }
}
