package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.pdu.SenseData;
import org.jspecify.annotations.Nullable;

/**
 * A command for the LUN, from its sending to its end, and again where it is repeated. Its data is the caller's: what is
 * written stays valid until the end, what was read is {@link #takeData taken}.
 */
final class ScsiCommand {

    static final int GOOD = 0x00;
    static final int CHECK_CONDITION = 0x02;
    static final int BUSY = 0x08;
    static final int RESERVATION_CONFLICT = 0x18;
    static final int TASK_SET_FULL = 0x28;
    static final int TASK_ABORTED = 0x40;

    /** Told on the event loop, once for each sending. */
    @FunctionalInterface
    interface End {
        void ended(ScsiCommand command);
    }

    final byte[] cdb;
    /** Bytes to be read, or to be written. */
    final int length;

    final @Nullable ByteBuf out;
    /** Whether fewer bytes than asked for are an error. */
    final boolean exact;
    /** Whether it may take its time: flush, zeroing. */
    final boolean slow;

    // Of the session that it is sent on.
    int tag;
    int cmdSn;
    long sentAt;
    boolean sent;
    boolean aborting;

    private @Nullable End end;
    private @Nullable ByteBuf data;
    private int received;
    private int status;
    private SenseData sense = new SenseData(SenseData.NO_SENSE, 0, 0);
    private @Nullable BlockError failure;

    private ScsiCommand(byte[] cdb, int length, @Nullable ByteBuf out, boolean exact, boolean slow) {
        this.cdb = cdb;
        this.length = length;
        this.out = out;
        this.exact = exact;
        this.slow = slow;
    }

    /** Reads exactly so many bytes of the medium. */
    static ScsiCommand read(byte[] cdb, int length) {
        return new ScsiCommand(cdb, length, null, true, false);
    }

    /** Asks for up to so many bytes about the LUN. */
    static ScsiCommand inquire(byte[] cdb, int atMost) {
        return new ScsiCommand(cdb, atMost, null, false, false);
    }

    /** Sends what is readable of {@code out}. */
    static ScsiCommand write(byte[] cdb, ByteBuf out, boolean slow) {
        return new ScsiCommand(cdb, out.readableBytes(), out, true, slow);
    }

    /** Without data. */
    static ScsiCommand bare(byte[] cdb, boolean slow) {
        return new ScsiCommand(cdb, 0, null, true, slow);
    }

    /** It is about to be sent, for the first time or again. */
    void begin(End whenOver) {
        end = whenOver;
        received = 0;
        sent = false;
        aborting = false;
        failure = null;
        release();
    }

    boolean reads() {
        return out == null && length > 0;
    }

    int received() {
        return received;
    }

    /** Where data that arrives at the offset reached so far is to go; null: nowhere yet, it is all there is. */
    @Nullable
    ByteBuf place(int bytes, ByteBufAllocator allocator) {
        if (data == null && bytes == length) {
            return null;
        }
        if (data == null) {
            data = allocator.directBuffer(length, length);
        }
        return data;
    }

    /** Data has arrived: in the buffer that was named for it, or on its own. */
    void arrived(int bytes, @Nullable ByteBuf onItsOwn) {
        received += bytes;
        if (onItsOwn != null) {
            data = onItsOwn;
        }
    }

    /** What was read, for the caller to release; null when nothing was. */
    @Nullable
    ByteBuf takeData() {
        ByteBuf taken = data;
        data = null;
        return taken;
    }

    private void release() {
        if (data != null) {
            data.release();
            data = null;
        }
    }

    int status() {
        return status;
    }

    SenseData sense() {
        return sense;
    }

    /** Why there is no status; null when there is one. */
    @Nullable
    BlockError failure() {
        return failure;
    }

    /** The target has answered. */
    void answered(int how, SenseData why) {
        status = how;
        sense = why;
        if (how != GOOD && how != CHECK_CONDITION) {
            release();
        }
        over();
    }

    /** The target has not answered and will not. */
    void failed(BlockError why) {
        failure = why;
        release();
        over();
    }

    private void over() {
        End told = end;
        end = null;
        if (told != null) {
            told.ended(this);
        }
    }
}
