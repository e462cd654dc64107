package io.quorumd.quorum;

/** What failures of a child are counted by. */
public enum FailureType {
    READ,
    WRITE,
    FLUSH,
    /** It was outvoted. */
    VOTE,
    TIMEOUT
}
