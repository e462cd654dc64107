package io.quorumd.service;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.Completion;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.state.VolumeState;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A volume between an opening and the closing that follows it.
 *
 * @param status called from any thread
 * @param options the effective options, as JSON
 * @param counted where it is one of the open ones
 */
record OpenVolume(
        BlockDevice device,
        VolumeState state,
        Supplier<QuorumStatus> status,
        Map<String, Object> options,
        OpenVolumes counted) {

    /** Ends what is under way, flushes and closes every child, and notes whether all of that went well. Any thread. */
    void close(Completion done) {
        device.strand()
                .execute(() -> device.flush(flushed -> device.close(closed -> {
                    var failed = flushed != null ? flushed : closed;
                    state.close(failed == null, unwritten -> {
                        counted.closed();
                        done.completed(failed != null ? failed : unwritten);
                    });
                })));
    }
}
