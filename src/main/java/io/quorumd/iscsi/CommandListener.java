package io.quorumd.iscsi;

/** Told of every SCSI command that has ended, on event loops, several at once; must be quick and must not throw. */
@FunctionalInterface
public interface CommandListener {

    CommandListener NONE = (operationCode, status, nanos, bytesIn, bytesOut) -> {};

    /**
     * @param operationCode first byte of the CDB
     * @param status SAM-6 status code
     * @param nanos from the arrival of the command to its response
     * @param bytesIn of data sent to the initiator
     * @param bytesOut of data received from it
     */
    void ended(int operationCode, int status, long nanos, long bytesIn, long bytesOut);
}
