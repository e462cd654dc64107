package io.quorumd.quorum;

/** How a child is doing. Whether it has a vote at some place is the stale map's matter, not this one's. */
public enum ChildState {
    /** Being opened for the first time, or again. */
    OPENING,
    /** Open and asked. */
    ANSWERING,
    /** Open, but it timed out too often: skipped until a probe succeeds. */
    SUSPENDED,
    /** Did not open, has another length, or was lost; opened again later. */
    FAULTED,
    /** The device is closed. */
    CLOSED
}
