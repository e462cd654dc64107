package io.quorumd.quorum;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a quorum device is doing at some moment.
 *
 * @param size bytes
 * @param blockSize the vote unit in bytes
 * @param margin how many more children may stop answering before data is unavailable (section 8)
 * @param mayLieAvailable how many children may lie (wrong data, undetected by themselves) before data is unavailable
 * @param mayLieRight how many may lie before data is wrong
 * @param guarantee the same in words, as configured
 * @param failures quorum failures so far
 * @param unsettledBytes in regions whose children may differ since an unclean stop or a failed write
 * @param offline why the device refuses everything, or null
 * @param stateFailure why the state directory cannot be written, so that writes may be refused, or null
 */
public record QuorumStatus(
        String name,
        long size,
        int blockSize,
        int threshold,
        Health health,
        int margin,
        int mayLieAvailable,
        int mayLieRight,
        String guarantee,
        long failures,
        long unsettledBytes,
        @Nullable String offline,
        @Nullable String stateFailure,
        List<ChildStatus> children,
        ResyncStatus resync) {

    /** Section 8. */
    public enum Health {
        UP,
        DEGRADED,
        DOWN
    }

    /**
     * @param reason why it is in that state, for people; of one that answers but is not in sync, what it last failed with
     * @param failures by type, each present
     * @param staleBytes in regions without a vote
     * @param breaker state of its circuit breaker: closed, open, half_open
     */
    public record ChildStatus(
            String nodeName,
            String description,
            ChildState state,
            String reason,
            Map<FailureType, Long> failures,
            long staleBytes,
            String breaker) {

        /** Where no breaker is asked: open exactly when the child is suspended. */
        public ChildStatus(
                String nodeName,
                String description,
                ChildState state,
                String reason,
                Map<FailureType, Long> failures,
                long staleBytes) {
            this(
                    nodeName,
                    description,
                    state,
                    reason,
                    failures,
                    staleBytes,
                    state == ChildState.SUSPENDED ? "open" : "closed");
        }
    }

    /**
     * @param paused an operator wants nothing to be copied
     * @param bytesDone since the resync under way began, counted once for each child that got them
     * @param bytesTotal done and yet to do
     * @param bytesPerSecond of the last while, 0 when nothing moves
     * @param waitingFor why it does not go on, for people; empty when it does or there is nothing to do
     */
    public record ResyncStatus(
            boolean running, boolean paused, long bytesDone, long bytesTotal, long bytesPerSecond, String waitingFor) {

        /** There is nothing to do. */
        public static final ResyncStatus IDLE = new ResyncStatus(false, false, 0, 0, 0, "");
    }
}
