package io.quorumd.quorum;

import org.jspecify.annotations.Nullable;

/** Something that is to end in time; at once an element of the list in {@link Timeouts}. */
abstract class Timed {

    @Nullable
    Timed older;

    @Nullable
    Timed newer;

    @Nullable
    Timeouts watchedBy;

    long since;

    /** Its time is up. It is not watched any more. */
    abstract void timedOut();

    /** No longer of interest to whoever watches it, if anybody does. */
    final void unwatch() {
        Timeouts watcher = watchedBy;
        if (watcher != null) {
            watcher.forget(this);
        }
    }
}
