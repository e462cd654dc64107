package io.quorumd.block;

import org.jspecify.annotations.Nullable;

/** The end of a {@link BlockDevice#blockStatus}, called exactly once on the device's {@link Strand}. */
@FunctionalInterface
public interface StatusCompletion {

    /**
     * @param length how far the answer reaches from the offset asked about, in bytes: at least 1, at most what was asked
     *     about; 0 with an error
     * @param allocated false only where the device knows that no data was put and that the bytes read as zeroes; true also
     *     where it does not know
     */
    void completed(long length, boolean allocated, @Nullable BlockError error);
}
