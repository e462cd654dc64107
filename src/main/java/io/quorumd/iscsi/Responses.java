package io.quorumd.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quorumd.iscsi.login.NegotiatedKeys;
import io.quorumd.iscsi.login.ResponsePdu;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.Residual;
import io.quorumd.pdu.TargetHeaders;
import io.quorumd.pdu.jscsi.ResponseHeader;
import io.quorumd.scsi.ScsiTask;

/**
 * Everything a connection sends in full feature phase, with its sequence numbers. Lays PDUs out in the writer; sending
 * them is the connection's, once per wake-up.
 */
final class Responses {

    private final PduWriter writer;
    private final CommandWindow window;
    private final ByteBufAllocator allocator;
    private final Residual residual = new Residual();
    private final int maxBurstLength;
    private int maxSendDataSegmentLength;
    private int statSn;

    Responses(PduWriter writer, CommandWindow window, ByteBufAllocator allocator, NegotiatedKeys keys, int statSn) {
        this.writer = writer;
        this.window = window;
        this.allocator = allocator;
        this.maxBurstLength = keys.maxBurstLength();
        this.maxSendDataSegmentLength = keys.maxSendDataSegmentLength();
        this.statSn = statSn;
    }

    /** The initiator may declare it anew at any time. */
    void maxSendDataSegmentLength(int bytes) {
        maxSendDataSegmentLength = bytes;
    }

    int statSn() {
        return statSn;
    }

    /** Data, if there is any, and status of a command that has ended. */
    long command(IscsiTask task) {
        residual.set(task.expectedDataIn + task.expectedDataOut, transferred(task));
        ByteBuf data = task.dataIn;
        task.dataIn = null;
        int dataSn = 0;
        int length = 0;
        if (data != null) {
            length = (int) Math.min(data.readableBytes(), task.expectedDataIn);
            if (length == 0) {
                data.release();
            } else {
                data.writerIndex(data.readerIndex() + length);
                dataSn = dataIn(task, data, length);
                if (task.status == ScsiTask.GOOD) {
                    return length;
                }
            }
        }
        status(task, dataSn + task.r2tsSent);
        return length;
    }

    private static long transferred(IscsiTask task) {
        if (task.transferLength >= 0) {
            return task.transferLength;
        }
        return task.dataIn != null ? task.dataIn.readableBytes() : Math.max(task.wanted, 0);
    }

    private int dataIn(IscsiTask task, ByteBuf data, int length) {
        int dataSn = 0;
        int burstEnd = maxBurstLength;
        for (int offset = 0; offset < length; ) {
            int part = Math.min(Math.min(length, burstEnd) - offset, maxSendDataSegmentLength);
            int next = offset + part;
            boolean last = next == length;
            int at = writer.begin();
            ByteBuf header = writer.header();
            TargetHeaders.dataIn(header, at, last || next == burstEnd, task.initiatorTaskTag, dataSn++, offset);
            if (last && task.status == ScsiTask.GOOD) {
                TargetHeaders.dataInStatus(header, at, task.status, residual);
                numbers(at, statSn++);
            } else {
                numbers(at, 0);
            }
            writer.end(at, last ? data : data.readRetainedSlice(part));
            if (next == burstEnd) {
                burstEnd += maxBurstLength;
            }
            offset = next;
        }
        return dataSn;
    }

    private void status(IscsiTask task, int dataInPdus) {
        int at = writer.begin();
        TargetHeaders.scsiResponse(writer.header(), at, task.initiatorTaskTag, task.status, dataInPdus, residual);
        numbers(at, statSn++);
        int senseLength = task.senseLength();
        if (senseLength == 0) {
            writer.end(at);
        } else {
            ByteBuf segment = allocator.directBuffer(senseLength + 2).writeShort(senseLength);
            task.writeSense(segment);
            writer.end(at, segment);
        }
    }

    void readyToTransfer(IscsiTask task, int transferTag, int offset, int length) {
        int at = writer.begin();
        TargetHeaders.readyToTransfer(
                writer.header(), at, task.lun, task.initiatorTaskTag, transferTag, task.r2tsSent, offset, length);
        numbers(at, statSn);
        writer.end(at);
    }

    void taskManagement(int initiatorTaskTag, int response) {
        int at = writer.begin();
        TargetHeaders.taskManagementResponse(writer.header(), at, initiatorTaskTag, response);
        numbers(at, statSn++);
        writer.end(at);
    }

    /** Answers a ping with what it carried, as far as the initiator can receive it. */
    void pong(Pdu ping) {
        int at = writer.begin();
        TargetHeaders.nopIn(writer.header(), at, ping.lun(), ping.initiatorTaskTag(), TargetHeaders.NO_TAG);
        numbers(at, statSn++);
        ByteBuf data = ping.takeData();
        if (data == null) {
            writer.end(at);
        } else {
            int length = Math.min(data.readableBytes(), maxSendDataSegmentLength);
            writer.end(at, data.writerIndex(data.readerIndex() + length));
        }
    }

    /** Asks whether the initiator is there. */
    void ping(int transferTag) {
        int at = writer.begin();
        TargetHeaders.nopIn(writer.header(), at, 0, TargetHeaders.NO_TAG, transferTag);
        numbers(at, statSn);
        writer.end(at);
    }

    void logout(int initiatorTaskTag, int response) {
        int at = writer.begin();
        TargetHeaders.logoutResponse(writer.header(), at, initiatorTaskTag, response);
        numbers(at, statSn++);
        writer.end(at);
    }

    void reject(Pdu pdu, int reason) {
        int at = writer.begin();
        TargetHeaders.reject(writer.header(), at, reason);
        numbers(at, statSn++);
        writer.end(at, Unpooled.buffer(Pdu.HEADER_LENGTH).writeBytes(pdu.basicHeader()));
    }

    /** Asks for a logout within that time (RFC 7143 §11.9.1, event 1). */
    void requestLogout(int seconds) {
        int at = writer.begin();
        TargetHeaders.asyncMessage(writer.header(), at, 1, 0, 0, seconds);
        numbers(at, statSn++);
        writer.end(at);
    }

    /** The connection will be dropped; a new login may follow at once (event 2). */
    void announceDrop(int cid) {
        int at = writer.begin();
        TargetHeaders.asyncMessage(writer.header(), at, 2, cid, 0, 0);
        numbers(at, statSn++);
        writer.end(at);
    }

    /** For a response whose header is made elsewhere, and {@link #send} sends. */
    ResponseHeader.Numbers numbers() {
        return new ResponseHeader.Numbers(statSn, window.expCmdSn(), window.maxCmdSn());
    }

    void send(ResponsePdu response) {
        statSn++;
        int at = writer.begin();
        writer.header().setBytes(at, response.header(), response.header().readerIndex(), Pdu.HEADER_LENGTH);
        writer.end(at, response.data());
        response.header().release();
    }

    private void numbers(int at, int stat) {
        TargetHeaders.sequence(writer.header(), at, stat, window.expCmdSn(), window.maxCmdSn());
    }
}
