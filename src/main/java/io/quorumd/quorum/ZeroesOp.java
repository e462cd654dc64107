package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import org.jspecify.annotations.Nullable;

/**
 * Makes a range of any length read as zeroes, piece by piece, so that no child needs longer than its timeout for one and
 * other requests get their turn in between. Parts of a block at either end are read, changed and written.
 */
final class ZeroesOp {

    /** Bytes per piece. */
    private static final int PIECE = 8 << 20;

    private final Quorum quorum;
    private final boolean deallocate;
    private final boolean fua;
    private final Command command;
    private long at;
    private final long end;
    private boolean working;
    private boolean looping;
    private @Nullable BlockError error;

    ZeroesOp(Quorum quorum, long offset, long length, boolean deallocate, boolean fua, Command command) {
        this.quorum = quorum;
        this.at = offset;
        this.end = offset + length;
        this.deallocate = deallocate;
        this.fua = fua;
        this.command = command;
    }

    void start() {
        if (looping) {
            return;
        }
        looping = true;
        // What is left when its time is up nobody waits for.
        while (!working && at < end && error == null && !command.isExpired()) {
            working = true;
            next();
        }
        looping = false;
        if (!working) {
            command.completed(error);
        }
    }

    private void next() {
        long from = at;
        long whole = quorum.blockCeiling(from);
        if (whole != from) {
            at = Math.min(end, whole);
            zeroPart(from, (int) (at - from));
            return;
        }
        long to = Math.min(end, from + PIECE);
        long lastWhole = to == quorum.regions.size() ? to : quorum.blockFloor(to);
        if (lastWhole == from) {
            at = end;
            zeroPart(from, (int) (end - from));
        } else {
            at = lastWhole;
            quorum.writeOp().writeZeroes(from, lastWhole - from, deallocate, fua, false, this::pieceDone);
        }
    }

    private void zeroPart(long from, int bytes) {
        new UpdateOp(quorum, from, bytes, fua, false, ZeroesOp::zero, this::pieceDone).start();
    }

    private static @Nullable BlockError zero(ByteBuf part) {
        part.setZero(part.readerIndex(), part.readableBytes());
        return null;
    }

    private void pieceDone(@Nullable BlockError failure) {
        error = failure;
        working = false;
        start();
    }
}
