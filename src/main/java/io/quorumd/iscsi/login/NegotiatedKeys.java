package io.quorumd.iscsi.login;

/**
 * The operational parameters of a session with one connection (RFC 7143 §13). Lengths in bytes, times in seconds.
 *
 * @param headerDigest CRC32C behind headers from the full-feature phase on
 * @param dataDigest CRC32C behind data segments from the full-feature phase on
 * @param maxSendDataSegmentLength what the initiator can receive in one PDU
 * @param maxRecvDataSegmentLength what it may send us in one PDU
 * @param maxBurstLength of one R2T's answer or one Data-In sequence
 * @param firstBurstLength unsolicited data of one command, immediate data included; never above maxBurstLength
 * @param initialR2T true: no unsolicited Data-Out
 */
public record NegotiatedKeys(
        boolean headerDigest,
        boolean dataDigest,
        int maxSendDataSegmentLength,
        int maxRecvDataSegmentLength,
        int maxBurstLength,
        int firstBurstLength,
        boolean initialR2T,
        boolean immediateData,
        int maxOutstandingR2T,
        int defaultTime2Wait,
        int defaultTime2Retain,
        int maxConnections,
        int errorRecoveryLevel) {}
