package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;

/**
 * Headers that an initiator sends, written field by field at their offsets (RFC 7143 §11) into 48 bytes that are zero.
 * DataSegmentLength is {@link PduWriter}'s. A LUN is the field as it stands on the wire.
 */
public final class InitiatorHeaders {

    /** ABORT TASK (RFC 7143 §11.5.1). */
    public static final int ABORT_TASK = 1;

    public static final int READ = 0x40;
    public static final int WRITE = 0x20;

    private static final int IMMEDIATE = 0x40;
    private static final int FINAL = 0x80;
    private static final int SIMPLE = 0x01;

    private InitiatorHeaders() {}

    /** CmdSN and ExpStatSN stand at the same place in everything an initiator sends; Data-Out has no CmdSN. */
    public static void sequence(ByteBuf to, int at, int cmdSn, int expStatSn) {
        to.setInt(at + 24, cmdSn);
        to.setInt(at + 28, expStatSn);
    }

    /**
     * SCSI Command (RFC 7143 §11.3), with the SIMPLE attribute.
     *
     * @param last no unsolicited Data-Out follows
     * @param direction {@link #READ}, {@link #WRITE} or 0
     * @param cdb at most 16 bytes
     */
    public static void scsiCommand(
            ByteBuf to, int at, boolean last, int direction, long lun, int itt, int expectedLength, byte[] cdb) {
        to.setByte(at, Opcode.SCSI_COMMAND);
        to.setByte(at + 1, (last ? FINAL : 0) | direction | SIMPLE);
        to.setLong(at + 8, lun);
        to.setInt(at + 16, itt);
        to.setInt(at + 20, expectedLength);
        to.setBytes(at + 32, cdb);
    }

    /** Data-Out (RFC 7143 §11.7); {@code ttt} is {@link TargetHeaders#NO_TAG} for unsolicited data. */
    public static void dataOut(ByteBuf to, int at, boolean last, long lun, int itt, int ttt, int dataSn, int offset) {
        to.setShort(at, Opcode.DATA_OUT << 8 | (last ? FINAL : 0));
        to.setLong(at + 8, lun);
        to.setInt(at + 16, itt);
        to.setInt(at + 20, ttt);
        to.setInt(at + 36, dataSn);
        to.setInt(at + 40, offset);
    }

    /** Immediate NOP-Out (RFC 7143 §11.18): an answer when {@code itt} is {@link TargetHeaders#NO_TAG}, else a ping. */
    public static void nopOut(ByteBuf to, int at, long lun, int itt, int ttt) {
        to.setShort(at, (IMMEDIATE | Opcode.NOP_OUT) << 8 | FINAL);
        to.setLong(at + 8, lun);
        to.setInt(at + 16, itt);
        to.setInt(at + 20, ttt);
    }

    /** Immediate Task Management Function Request (RFC 7143 §11.5) about one task. */
    public static void taskManagement(
            ByteBuf to, int at, int function, long lun, int itt, int referencedTag, int referencedCmdSn) {
        to.setShort(at, (IMMEDIATE | Opcode.TASK_MANAGEMENT_REQUEST) << 8 | FINAL | function);
        to.setLong(at + 8, lun);
        to.setInt(at + 16, itt);
        to.setInt(at + 20, referencedTag);
        to.setInt(at + 32, referencedCmdSn);
    }

    /** Immediate Logout Request (RFC 7143 §11.14) that closes the session. */
    public static void logout(ByteBuf to, int at, int itt) {
        to.setShort(at, (IMMEDIATE | Opcode.LOGOUT_REQUEST) << 8 | FINAL);
        to.setInt(at + 16, itt);
    }

    /**
     * Login Request (RFC 7143 §11.12) of a new session's only connection: versions, TSIH and CID are 0.
     *
     * @param flags T, C, CSG and NSG
     * @param isid48 the six bytes of the ISID
     */
    public static void login(ByteBuf to, int at, int flags, long isid48, int itt) {
        to.setShort(at, (IMMEDIATE | Opcode.LOGIN_REQUEST) << 8 | flags);
        to.setLong(at + 8, isid48 << 16);
        to.setInt(at + 16, itt);
    }
}
