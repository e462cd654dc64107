package io.quorumd.block;

import org.jspecify.annotations.Nullable;

/** The end of a request, called exactly once on the device's {@link Strand}. */
@FunctionalInterface
public interface Completion {

    /** @param error null when the request succeeded */
    void completed(@Nullable BlockError error);
}
