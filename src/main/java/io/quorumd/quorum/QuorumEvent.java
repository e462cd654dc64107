package io.quorumd.quorum;

import org.jspecify.annotations.Nullable;

/** What a quorum device tells: QEMU's two QMP events and what happens to children. Whoever receives it stamps the time. */
public sealed interface QuorumEvent {

    /**
     * QUORUM_REPORT_BAD: a child failed or was outvoted.
     *
     * @param error what the child answered; null when it answered with other bytes than the winner's
     * @param sectorNum first 512-byte sector
     */
    record ReportBad(Operation type, @Nullable String error, String nodeName, long sectorNum, long sectorsCount)
            implements QuorumEvent {}

    /** QUORUM_FAILURE: an operation had no quorum. Sectors have 512 bytes; {@code reference} is the device's name. */
    record Failure(String reference, long sectorNum, long sectorsCount) implements QuorumEvent {}

    /** A child went from one state to another; {@code reason} is one line for people. */
    record ChildChanged(String nodeName, ChildState from, ChildState to, String reason) implements QuorumEvent {}

    /** blkverify found a difference: the device is offline, or, if so configured, the process is to exit with status 1. */
    record Mismatch(String reference, long sectorNum, long sectorsCount, long differingSector, boolean exit)
            implements QuorumEvent {}
}
