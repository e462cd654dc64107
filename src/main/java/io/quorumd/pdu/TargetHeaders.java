package io.quorumd.pdu;

import io.netty.buffer.ByteBuf;

/**
 * Headers that a target sends, written field by field at their offsets (RFC 7143 §11) into 48 bytes that are zero. The
 * three of the data path because jSCSI's header objects cost 70 ns and 400 bytes of garbage each against 5 ns; those
 * that jSCSI gets wrong or cannot build (see docs/jscsi.md); and two short ones for company. DataSegmentLength is
 * {@link PduWriter}'s.
 */
public final class TargetHeaders {

    /** A task tag that names no task (RFC 7143 §11.2.1.8). */
    public static final int NO_TAG = 0xffffffff;

    private static final int FINAL = 0x80;
    private static final int STATUS = 0x01;

    private TargetHeaders() {}

    /** StatSN, ExpCmdSN and MaxCmdSN stand at the same place in everything a target sends. */
    public static void sequence(ByteBuf to, int at, int statSn, int expCmdSn, int maxCmdSn) {
        to.setInt(at + 24, statSn);
        to.setInt(at + 28, expCmdSn);
        to.setInt(at + 32, maxCmdSn);
    }

    /** Data-In without status (RFC 7143 §11.7). */
    public static void dataIn(ByteBuf to, int at, boolean endOfSequence, int itt, int dataSn, int offset) {
        to.setShort(at, Opcode.DATA_IN << 8 | (endOfSequence ? FINAL : 0));
        to.setInt(at + 16, itt);
        to.setInt(at + 20, NO_TAG);
        to.setInt(at + 36, dataSn);
        to.setInt(at + 40, offset);
    }

    /** Makes the last Data-In of a command carry its status, too. */
    public static void dataInStatus(ByteBuf to, int at, int status, Residual residual) {
        to.setByte(at + 1, FINAL | STATUS | residual.flag());
        to.setByte(at + 3, status);
        to.setInt(at + 44, residual.count());
    }

    /**
     * SCSI Response (RFC 7143 §11.4).
     *
     * @param dataInPdus how many Data-In or R2T PDUs were sent for the command (ExpDataSN)
     */
    public static void scsiResponse(ByteBuf to, int at, int itt, int status, int dataInPdus, Residual residual) {
        to.setShort(at, Opcode.SCSI_RESPONSE << 8 | FINAL | residual.flag());
        to.setByte(at + 3, status);
        to.setInt(at + 16, itt);
        to.setInt(at + 36, dataInPdus);
        to.setInt(at + 44, residual.count());
    }

    /** Ready To Transfer (RFC 7143 §11.8). */
    public static void readyToTransfer(
            ByteBuf to, int at, long lun, int itt, int ttt, int r2tSn, int offset, int length) {
        to.setShort(at, Opcode.READY_TO_TRANSFER << 8 | FINAL);
        to.setLong(at + 8, lun);
        to.setInt(at + 16, itt);
        to.setInt(at + 20, ttt);
        to.setInt(at + 36, r2tSn);
        to.setInt(at + 40, offset);
        to.setInt(at + 44, length);
    }

    /** Task Management Function Response (RFC 7143 §11.6). */
    public static void taskManagementResponse(ByteBuf to, int at, int itt, int response) {
        to.setInt(at, Opcode.TASK_MANAGEMENT_RESPONSE << 24 | FINAL << 16 | response << 8);
        to.setInt(at + 16, itt);
    }

    /** NOP-In (RFC 7143 §11.19): an answer when {@code ttt} is {@link #NO_TAG}, a ping when {@code itt} is. */
    public static void nopIn(ByteBuf to, int at, long lun, int itt, int ttt) {
        to.setShort(at, Opcode.NOP_IN << 8 | FINAL);
        to.setLong(at + 8, lun);
        to.setInt(at + 16, itt);
        to.setInt(at + 20, ttt);
    }

    /** Logout Response (RFC 7143 §11.15). */
    public static void logoutResponse(ByteBuf to, int at, int itt, int response) {
        to.setInt(at, Opcode.LOGOUT_RESPONSE << 24 | FINAL << 16 | response << 8);
        to.setInt(at + 16, itt);
    }

    /** Reject (RFC 7143 §11.17); its data segment is the header that is rejected. */
    public static void reject(ByteBuf to, int at, int reason) {
        to.setInt(at, Opcode.REJECT << 24 | FINAL << 16 | reason << 8);
        to.setInt(at + 16, NO_TAG);
    }

    /** Asynchronous Message (RFC 7143 §11.9). */
    public static void asyncMessage(ByteBuf to, int at, int event, int p1, int p2, int p3) {
        to.setShort(at, Opcode.ASYNC_MESSAGE << 8 | FINAL);
        to.setInt(at + 16, NO_TAG);
        to.setByte(at + 36, event);
        to.setShort(at + 38, p1);
        to.setShort(at + 40, p2);
        to.setShort(at + 42, p3);
    }
}
