package io.quorumd.scsi;

import static io.quorumd.pdu.SenseData.ABORTED_COMMAND;
import static io.quorumd.pdu.SenseData.DATA_PROTECT;
import static io.quorumd.pdu.SenseData.HARDWARE_ERROR;
import static io.quorumd.pdu.SenseData.MEDIUM_ERROR;
import static io.quorumd.pdu.SenseData.NOT_READY;

import io.quorumd.block.BlockError;
import io.quorumd.pdu.SenseData;

/**
 * What the initiator is told about a {@link BlockError}: the only place where one becomes the other. The choices follow
 * from what initiators do with a sense key: Linux fails MEDIUM ERROR and DATA PROTECT to the file system, repeats
 * ABORTED COMMAND at once, a few times, and NOT READY, becoming ready, with delays until its timeout.
 */
final class BlockErrorSense {

    private static final SenseData UNRECOVERED_READ_ERROR = new SenseData(MEDIUM_ERROR, 0x11, 0x00);
    private static final SenseData WRITE_ERROR = new SenseData(MEDIUM_ERROR, 0x0C, 0x00);
    /** Becomes ENOSPC in Linux; any other code would be EIO. */
    private static final SenseData SPACE_ALLOCATION_FAILED = new SenseData(DATA_PROTECT, 0x27, 0x07);
    /** Repeated, unlike ABORTED COMMAND with the COMMAND TIMEOUT codes (2Eh), which Linux takes for duration limits. */
    private static final SenseData COMMUNICATION_TIMEOUT = new SenseData(ABORTED_COMMAND, 0x08, 0x01);

    private static final SenseData ABORTED = new SenseData(ABORTED_COMMAND, 0x00, 0x00);
    /** Fails at once: a person has to bring the device back. */
    private static final SenseData MANUAL_INTERVENTION_REQUIRED = new SenseData(NOT_READY, 0x04, 0x03);
    /** Repeated with delays: who holds the device will let go of it, and who is missing come back. */
    private static final SenseData BECOMING_READY = new SenseData(NOT_READY, 0x04, 0x01);

    /** A request that no device should have been given: our fault, so neither the medium's nor the initiator's. */
    private static final SenseData INTERNAL_TARGET_FAILURE = new SenseData(HARDWARE_ERROR, 0x44, 0x00);

    private BlockErrorSense() {}

    static SenseData ofRead(BlockError error) {
        return error.code() == BlockError.Errno.EIO ? UNRECOVERED_READ_ERROR : of(error);
    }

    /** Of a write, and of whatever makes writes durable. */
    static SenseData ofWrite(BlockError error) {
        return error.code() == BlockError.Errno.EIO ? WRITE_ERROR : of(error);
    }

    private static SenseData of(BlockError error) {
        return switch (error.code()) {
            case EIO, EINVAL -> INTERNAL_TARGET_FAILURE;
            case ENOSPC -> SPACE_ALLOCATION_FAILED;
            case ETIMEDOUT -> COMMUNICATION_TIMEOUT;
            case EROFS -> Sense.WRITE_PROTECTED;
            case ENODEV -> MANUAL_INTERVENTION_REQUIRED;
            case ECANCELED -> ABORTED;
            case EBUSY -> BECOMING_READY;
            case EILSEQ -> Sense.MISCOMPARE_DURING_VERIFY;
            case ENOMEM -> Sense.INSUFFICIENT_RESOURCES;
        };
    }
}
