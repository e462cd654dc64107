package io.quorumd.scsi;

import static io.quorumd.pdu.SenseData.ABORTED_COMMAND;
import static io.quorumd.pdu.SenseData.DATA_PROTECT;
import static io.quorumd.pdu.SenseData.ILLEGAL_REQUEST;
import static io.quorumd.pdu.SenseData.UNIT_ATTENTION;

import io.quorumd.pdu.SenseData;

/** The sense data that commands end with, by the names of SPC-5 annex F. */
final class Sense {

    static final SenseData NONE = new SenseData(SenseData.NO_SENSE, 0x00, 0x00);

    static final SenseData PARAMETER_LIST_LENGTH_ERROR = new SenseData(ILLEGAL_REQUEST, 0x1A, 0x00);
    static final SenseData INVALID_COMMAND_OPERATION_CODE = new SenseData(ILLEGAL_REQUEST, 0x20, 0x00);
    static final SenseData LBA_OUT_OF_RANGE = new SenseData(ILLEGAL_REQUEST, 0x21, 0x00);
    static final SenseData INVALID_FIELD_IN_CDB = new SenseData(ILLEGAL_REQUEST, 0x24, 0x00);
    static final SenseData LOGICAL_UNIT_NOT_SUPPORTED = new SenseData(ILLEGAL_REQUEST, 0x25, 0x00);
    static final SenseData INVALID_FIELD_IN_PARAMETER_LIST = new SenseData(ILLEGAL_REQUEST, 0x26, 0x00);
    static final SenseData SAVING_PARAMETERS_NOT_SUPPORTED = new SenseData(ILLEGAL_REQUEST, 0x39, 0x00);
    static final SenseData INVALID_MESSAGE = new SenseData(ILLEGAL_REQUEST, 0x49, 0x00);
    /** The initiator sends less than a block, or not whole blocks, for blocks it wants written. */
    static final SenseData INVALID_FIELD_IN_INFORMATION_UNIT = new SenseData(ILLEGAL_REQUEST, 0x0E, 0x03);

    static final SenseData WRITE_PROTECTED = new SenseData(DATA_PROTECT, 0x27, 0x00);

    static final SenseData MISCOMPARE_DURING_VERIFY = new SenseData(SenseData.MISCOMPARE, 0x1D, 0x00);

    static final SenseData INSUFFICIENT_RESOURCES = new SenseData(ABORTED_COMMAND, 0x55, 0x03);

    static final SenseData POWER_ON_OCCURRED = new SenseData(UNIT_ATTENTION, 0x29, 0x00);
    static final SenseData BUS_DEVICE_RESET = new SenseData(UNIT_ATTENTION, 0x29, 0x03);
    static final SenseData MODE_PARAMETERS_CHANGED = new SenseData(UNIT_ATTENTION, 0x2A, 0x01);
    static final SenseData RESERVATIONS_PREEMPTED = new SenseData(UNIT_ATTENTION, 0x2A, 0x03);
    static final SenseData RESERVATIONS_RELEASED = new SenseData(UNIT_ATTENTION, 0x2A, 0x04);
    static final SenseData REGISTRATIONS_PREEMPTED = new SenseData(UNIT_ATTENTION, 0x2A, 0x05);
    static final SenseData CAPACITY_CHANGED = new SenseData(UNIT_ATTENTION, 0x2A, 0x09);
    static final SenseData COMMANDS_CLEARED = new SenseData(UNIT_ATTENTION, 0x2F, 0x00);
    static final SenseData REPORTED_LUNS_CHANGED = new SenseData(UNIT_ATTENTION, 0x3F, 0x0E);

    private Sense() {}
}
