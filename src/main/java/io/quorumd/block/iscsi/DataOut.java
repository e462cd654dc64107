package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.quorumd.pdu.InitiatorHeaders;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import io.quorumd.pdu.TargetHeaders;

/**
 * Commands and the data of writes: along with the command, after it without being asked, and when the target asks for it
 * (RFC 7143 §4.2.5.2, §11.7, §11.8). Data is passed on by reference.
 */
final class DataOut {

    private final InitiatorConnection connection;
    private final SessionKeys keys;
    private final CommandNumbers numbers;
    private final long lun;

    DataOut(InitiatorConnection connection, SessionKeys keys, CommandNumbers numbers, long lun) {
        this.connection = connection;
        this.keys = keys;
        this.numbers = numbers;
        this.lun = lun;
    }

    /** Sends the command, and what may be sent of its data unasked. */
    void command(ScsiCommand command) {
        ByteBuf out = command.out;
        int length = out == null ? 0 : command.length;
        int unasked = Math.min(length, keys.firstBurst());
        int immediate = keys.immediateData() ? Math.min(unasked, keys.sendMax()) : 0;
        if (keys.initialR2t()) {
            unasked = immediate;
        }
        int direction = out != null ? InitiatorHeaders.WRITE : command.length > 0 ? InitiatorHeaders.READ : 0;
        PduWriter writer = connection.writer();
        int at = writer.begin();
        InitiatorHeaders.scsiCommand(
                writer.header(), at, immediate == unasked, direction, lun, command.tag, command.length, command.cdb);
        InitiatorHeaders.sequence(writer.header(), at, command.cmdSn, numbers.expStatSn());
        if (out != null && immediate > 0) {
            writer.end(at, out.retainedSlice(out.readerIndex(), immediate));
        } else {
            writer.end(at);
        }
        if (out != null) {
            send(command, out, TargetHeaders.NO_TAG, immediate, unasked);
        }
    }

    /** Sends what the target is ready for. */
    void readyToTransfer(ScsiCommand command, Pdu r2t) {
        ByteBuf out = command.out;
        int offset = r2t.intAt(40);
        int length = r2t.intAt(44);
        if (out == null
                || offset < 0
                || length <= 0
                || length > keys.maxBurst()
                || offset > command.length
                || length > command.length - offset) {
            throw new ProtocolException("asked for data that the command does not have");
        }
        send(command, out, r2t.intAt(20), offset, offset + length);
    }

    private void send(ScsiCommand command, ByteBuf out, int ttt, int from, int to) {
        PduWriter writer = connection.writer();
        int dataSn = 0;
        for (int offset = from; offset < to; offset += keys.sendMax()) {
            int length = Math.min(keys.sendMax(), to - offset);
            int at = writer.begin();
            InitiatorHeaders.dataOut(
                    writer.header(), at, offset + length == to, lun, command.tag, ttt, dataSn++, offset);
            writer.header().setInt(at + 28, numbers.expStatSn());
            writer.end(at, out.retainedSlice(out.readerIndex() + offset, length));
        }
    }
}
