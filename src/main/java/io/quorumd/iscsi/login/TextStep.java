package io.quorumd.iscsi.login;

/** What follows from one Text Request of the full feature phase. */
public sealed interface TextStep {

    /**
     * Send it.
     *
     * @param maxSendDataSegmentLength what the initiator can receive from now on, in bytes: it may declare that anew at any time
     */
    record Answer(ResponsePdu response, int maxSendDataSegmentLength) implements TextStep {}

    /**
     * Send a Reject with that reason (RFC 7143 §11.17.1) and the offending header; the negotiation is forgotten.
     *
     * @param why for one line of the log
     */
    record Reject(int reason, String why) implements TextStep {

        public static final int PROTOCOL_ERROR = 0x04;
        public static final int INVALID_PDU_FIELD = 0x09;
    }
}
