package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.collection.IntObjectHashMap;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.pdu.InitiatorHeaders;
import io.quorumd.pdu.Opcode;
import io.quorumd.pdu.Pdu;
import io.quorumd.pdu.PduWriter;
import io.quorumd.pdu.ProtocolException;
import io.quorumd.pdu.SenseData;
import io.quorumd.pdu.TargetHeaders;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The full feature phase of the one connection of a session: commands out as far as the target's window allows, data and
 * responses in, matched by task tag. Belongs to the connection's event loop. When the connection breaks, or the target
 * breaks the protocol, every command ends with ENODEV and so does every later one.
 */
final class InitiatorSession implements InitiatorConnection.Phase {

    private final String target;
    private final long lun;
    private final InitiatorConnection connection;
    private final CommandNumbers numbers;
    private final DataOut dataOut;
    private final IntObjectHashMap<ScsiCommand> inFlight = new IntObjectHashMap<>();
    private final ArrayDeque<ScsiCommand> waiting = new ArrayDeque<>();
    private final SessionWatch watch;
    private int lastTag;
    /** Why no more commands are taken; null while they are. */
    private @Nullable BlockError dead;

    private @Nullable Runnable loggedOut;

    /**
     * @param target the URI, for messages
     * @param lun as it stands in a header
     */
    InitiatorSession(
            String target,
            long lun,
            InitiatorConnection connection,
            SessionKeys keys,
            CommandNumbers numbers,
            SessionTimes times) {
        this.target = target;
        this.lun = lun;
        this.connection = connection;
        this.numbers = numbers;
        this.dataOut = new DataOut(connection, keys, numbers, lun);
        this.watch = new SessionWatch(this, times);
    }

    SessionWatch watch() {
        return watch;
    }

    boolean isAlive() {
        return dead == null;
    }

    boolean isIdle() {
        return inFlight.isEmpty() && waiting.isEmpty();
    }

    boolean isInFlight(ScsiCommand command) {
        return inFlight.get(command.tag) == command;
    }

    /** Whether the target has said anything since this was last asked. */
    boolean takeHeard() {
        return connection.takeHeard();
    }

    void forEachInFlight(Consumer<ScsiCommand> action) {
        for (ScsiCommand command : inFlight.values().toArray(ScsiCommand[]::new)) {
            action.accept(command);
        }
    }

    /** Sends a command, or keeps it until the target takes it. */
    void send(ScsiCommand command, ScsiCommand.End end) {
        command.begin(end);
        BlockError why = dead;
        if (why != null) {
            command.failed(why);
            return;
        }
        command.sentAt = watch.now();
        waiting.add(command);
        sendWaiting();
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && numbers.isOpen()) {
            ScsiCommand command = waiting.remove();
            command.tag = nextTag();
            command.cmdSn = numbers.take();
            command.sent = true;
            inFlight.put(command.tag, command);
            dataOut.command(command);
        }
        connection.scheduleFlush();
    }

    /** Takes back what has not been sent. */
    void withdrawWaiting(ScsiCommand command, BlockError why) {
        waiting.remove(command);
        command.failed(why);
    }

    /** Commands that have waited longest for the window first. */
    @Nullable
    ScsiCommand longestWaiting() {
        return waiting.peek();
    }

    private int nextTag() {
        do {
            lastTag++;
        } while (lastTag == TargetHeaders.NO_TAG || inFlight.containsKey(lastTag));
        return lastTag;
    }

    /** Asks the target for a word. */
    void ping() {
        nopOut(nextTag(), TargetHeaders.NO_TAG, 0);
    }

    private void nopOut(int itt, int ttt, long about) {
        PduWriter writer = connection.writer();
        int at = writer.begin();
        InitiatorHeaders.nopOut(writer.header(), at, about, itt, ttt);
        end(writer, at);
    }

    /** @return the tag of the ABORT TASK, whose answer is the watch's */
    int abort(ScsiCommand command) {
        PduWriter writer = connection.writer();
        int tag = nextTag();
        int at = writer.begin();
        InitiatorHeaders.taskManagement(
                writer.header(), at, InitiatorHeaders.ABORT_TASK, lun, tag, command.tag, command.cmdSn);
        end(writer, at);
        return tag;
    }

    private void end(PduWriter writer, int at) {
        InitiatorHeaders.sequence(writer.header(), at, numbers.next(), numbers.expStatSn());
        writer.end(at);
        connection.scheduleFlush();
    }

    /** A command that the target has ended on our demand; nothing of it happens any more. */
    void aborted(ScsiCommand command, BlockError why) {
        if (isInFlight(command)) {
            inFlight.remove(command.tag);
            command.failed(why);
        }
    }

    /** Logs out and closes; what is in flight ends. Told when the target has let go, or the connection is gone. */
    void logout(Runnable whenGone) {
        if (!connection.isOpen()) {
            whenGone.run();
            return;
        }
        loggedOut = whenGone;
        if (dead == null) {
            dead = BlockError.of(Errno.ECANCELED, "the device is closed");
        }
        connection.endInOrder();
        PduWriter writer = connection.writer();
        int at = writer.begin();
        InitiatorHeaders.logout(writer.header(), at, nextTag());
        end(writer, at);
    }

    /** Takes no more commands; those under way may end. */
    void retire(String why) {
        if (dead == null) {
            dead = BlockError.of(Errno.ENODEV, target + ": " + why);
        }
    }

    /** Ends the session at once. */
    void fail(String why) {
        retire(why);
        connection.fail(why);
    }

    @Override
    public void lost(String why) {
        retire(why);
        watch.stop();
        BlockError error = dead == null ? BlockError.of(Errno.ENODEV, target + ": " + why) : dead;
        ScsiCommand[] all = inFlight.values().toArray(ScsiCommand[]::new);
        inFlight.clear();
        for (ScsiCommand command : all) {
            command.failed(error);
        }
        for (ScsiCommand next = waiting.poll(); next != null; next = waiting.poll()) {
            next.failed(error);
        }
        Runnable told = loggedOut;
        loggedOut = null;
        if (told != null) {
            told.run();
        }
    }

    @Override
    public @Nullable ByteBuf place(Pdu pdu) {
        if (pdu.opcode() != Opcode.DATA_IN) {
            return null;
        }
        ScsiCommand command = command(pdu);
        int length = pdu.dataLength();
        if (!command.reads() || pdu.intAt(40) != command.received() || length > command.length - command.received()) {
            throw new ProtocolException("sent data that was not asked for");
        }
        return command.place(length, connection.allocator());
    }

    @Override
    public void received(Pdu pdu) {
        if (pdu.isDataDigestWrong()) {
            throw new ProtocolException("data digest error");
        }
        numbers.window(pdu.intAt(28), pdu.intAt(32));
        switch (pdu.opcode()) {
            case Opcode.DATA_IN -> dataIn(pdu);
            case Opcode.SCSI_RESPONSE -> response(pdu);
            case Opcode.READY_TO_TRANSFER -> dataOut.readyToTransfer(command(pdu), pdu);
            case Opcode.NOP_IN -> nopIn(pdu);
            case Opcode.TASK_MANAGEMENT_RESPONSE -> {
                numbers.status(pdu.intAt(24));
                watch.abortAnswered(pdu.initiatorTaskTag(), pdu.byteAt(2));
            }
            case Opcode.ASYNC_MESSAGE -> {
                numbers.status(pdu.intAt(24));
                AsyncEvent.tell(this, pdu.byteAt(36));
            }
            case Opcode.LOGOUT_RESPONSE -> connection.fail("logged out");
            case Opcode.REJECT ->
                throw new ProtocolException("rejected a PDU of ours, reason 0x%02x".formatted(pdu.byteAt(2)));
            default -> throw new ProtocolException("unexpected opcode 0x%02x".formatted(pdu.opcode()));
        }
        sendWaiting();
        watch.leaveIfDue();
    }

    private ScsiCommand command(Pdu pdu) {
        ScsiCommand command = inFlight.get(pdu.initiatorTaskTag());
        if (command == null) {
            throw new ProtocolException("answers a command that is not under way");
        }
        return command;
    }

    private void dataIn(Pdu pdu) {
        ScsiCommand command = command(pdu);
        if (pdu.dataLength() > 0) {
            command.arrived(pdu.dataLength(), pdu.takeData());
        }
        if ((pdu.flags() & 0x01) != 0) {
            numbers.status(pdu.intAt(24));
            over(command, pdu, Unpooled.EMPTY_BUFFER);
        }
    }

    private void response(Pdu pdu) {
        ScsiCommand command = command(pdu);
        numbers.status(pdu.intAt(24));
        if (pdu.byteAt(2) != 0) {
            inFlight.remove(command.tag);
            command.failed(BlockError.of(Errno.EIO, "the target failed, response 0x%02x".formatted(pdu.byteAt(2))));
            return;
        }
        ByteBuf data = pdu.data();
        over(command, pdu, data == null ? Unpooled.EMPTY_BUFFER : data);
    }

    private void over(ScsiCommand command, Pdu pdu, ByteBuf senseSegment) {
        inFlight.remove(command.tag);
        int status = pdu.byteAt(3);
        if (status == ScsiCommand.GOOD && command.exact) {
            String wrong = Residuals.complaint(command, pdu);
            if (wrong != null) {
                command.failed(BlockError.of(Errno.EIO, wrong));
                return;
            }
        }
        command.answered(status, sense(senseSegment));
    }

    /** The sense data follows its length (RFC 7143 §11.4.7.2). */
    private static SenseData sense(ByteBuf segment) {
        if (segment.readableBytes() < 2) {
            return SenseData.read(Unpooled.EMPTY_BUFFER);
        }
        int length = Math.min(segment.getUnsignedShort(segment.readerIndex()), segment.readableBytes() - 2);
        return SenseData.read(segment.slice(segment.readerIndex() + 2, length));
    }

    private void nopIn(Pdu pdu) {
        if (pdu.initiatorTaskTag() != TargetHeaders.NO_TAG) {
            numbers.status(pdu.intAt(24));
        } else if (pdu.intAt(20) != TargetHeaders.NO_TAG) {
            nopOut(TargetHeaders.NO_TAG, pdu.intAt(20), pdu.lun());
        }
    }
}
