package io.quorumd.iscsi;

import io.quorumd.pdu.SenseData;

/** How a command ends whose data-out broke the rules: the iSCSI conditions of RFC 7143 §11.4.7.2. */
final class TransferFault {

    static final SenseData UNEXPECTED_UNSOLICITED_DATA = new SenseData(0xb, 0x0c, 0x0c);
    static final SenseData INCORRECT_AMOUNT_OF_DATA = new SenseData(0xb, 0x0c, 0x0d);
    static final SenseData PROTOCOL_SERVICE_CRC_ERROR = new SenseData(0xb, 0x47, 0x05);

    private TransferFault() {}
}
