package io.quorumd.quorum;

/** What a child was asked to do when it failed: {@code type} of QUORUM_REPORT_BAD, there in lower case. */
public enum Operation {
    READ,
    WRITE,
    FLUSH
}
