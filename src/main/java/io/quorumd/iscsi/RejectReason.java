package io.quorumd.iscsi;

/** Reasons of a Reject PDU (RFC 7143 §11.17.1). */
final class RejectReason {

    static final int DATA_DIGEST_ERROR = 0x02;
    static final int SNACK_REJECT = 0x03;
    static final int PROTOCOL_ERROR = 0x04;
    static final int COMMAND_NOT_SUPPORTED = 0x05;
    static final int TOO_MANY_IMMEDIATE_COMMANDS = 0x06;
    static final int TASK_IN_PROGRESS = 0x07;
    static final int INVALID_PDU_FIELD = 0x09;

    private RejectReason() {}
}
