package io.quorumd.block.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import org.jspecify.annotations.Nullable;

/**
 * Makes this service the LUN's only writer by a persistent reservation (SPC-5 §5.14), of the type Write Exclusive: one
 * session holds it, everybody may read. It is taken before the first write and again after each reconnection, kept over a
 * power loss of the target where that can (APTPL), and given back when the volume is closed in order.
 *
 * <p><b>Whose it may be.</b> Free, or of an earlier start of the same volume, told by the key: it is taken, and what that
 * start left in flight is ended, by the session's reinstatement where it is the same nexus and by PREEMPT AND ABORT where
 * not; at a target that has only PREEMPT by the reinstatement alone. Of a later start of the same volume, whose state
 * directory was opened after ours: this process is fenced, for good. Of anybody else: refused. It is never taken from
 * another volume or another program; whoever knows that its owner is gone frees it, say with {@code sg_persist --clear}
 * or {@code iscsi-pr}.
 *
 * <p><b>What that protects.</b> No other initiator's write reaches the LUN while we hold it, and none of ours once
 * somebody took it from us: the target answers RESERVATION CONFLICT, and that ends the device. Not protected: a LUN whose
 * target has no persistent reservations (unless the URI says {@code reservation=required}); a target that forgets them
 * when it restarts, until we are back; what is written at the target itself, or through another protocol; two services
 * that run on copies of one state directory, or were given the same {@code wwn}, with the same number of starts.
 */
final class ReservationClaim {

    private static final int WRITE_EXCLUSIVE = 0x01;
    private static final int PARAMETER_LENGTH = 24;
    private static final int KEPT_OVER_POWER_LOSS = 0x01;

    /** The end of a claim. */
    interface Claimed {

        /** @param held false where the target has no persistent reservations */
        void claimed(boolean held, @Nullable BlockError refusal);
    }

    private final LunCommands commands;
    private final IscsiOwner owner;
    private final boolean moved;
    private boolean fencedForGood;

    /** @param moved whether the session before this one was in another portal group, so that this one did not end it */
    ReservationClaim(LunCommands commands, IscsiOwner owner, boolean moved) {
        this.commands = commands;
        this.owner = owner;
        this.moved = moved;
    }

    /** Whether a later start of this volume has the LUN: there is no use in asking again. */
    boolean isFencedForGood() {
        return fencedForGood;
    }

    void claim(Claimed done) {
        ScsiCommand look = ScsiCommand.inquire(
                Cdbs.reserveIn(Cdbs.READ_RESERVATION, Cdbs.RESERVATION_LENGTH), Cdbs.RESERVATION_LENGTH);
        commands.send(look, (data, error) -> {
            if (data == null) {
                boolean unsupported = error != null && error.code() == Errno.EINVAL;
                done.claimed(false, unsupported ? null : error);
                return;
            }
            long holder = holder(data);
            data.release();
            BlockError refusal = holder == 0 ? null : refusal(holder);
            if (refusal != null) {
                done.claimed(false, refusal);
            } else {
                register(holder, true, done);
            }
        });
    }

    /** READ RESERVATION's parameter data (SPC-5 §6.15.3.2): the holder's key, 0 where nobody holds one. */
    private static long holder(ByteBuf data) {
        return data.readableBytes() >= 16 && data.getInt(data.readerIndex() + 4) >= 16
                ? data.getLong(data.readerIndex() + 8)
                : 0;
    }

    private @Nullable BlockError refusal(long holder) {
        if (!owner.isSameVolume(holder)) {
            return BlockError.of(
                    Errno.EBUSY,
                    "is reserved by another with key 0x%016x; if that one is gone for good, clear its reservation"
                            .formatted(holder));
        }
        if (owner.isOlderThan(holder)) {
            fencedForGood = true;
            return fenced();
        }
        return null;
    }

    /** Of a child whose volume was started elsewhere meanwhile. */
    static BlockError fenced() {
        return BlockError.of(Errno.EBUSY, "is held by a later start of this volume, in another process; stop this one");
    }

    private void register(long holder, boolean kept, Claimed done) {
        out(Cdbs.REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0, owner.key(), kept, error -> {
            if (error == null) {
                reserve(holder, done);
            } else if (kept && error.code() == Errno.EINVAL) {
                register(holder, false, done);
            } else {
                done.claimed(false, error.code() == Errno.EINVAL ? null : unregistered(error));
            }
        });
    }

    /** LIO keeps a file of its registrations, whether or not they are to outlast a power loss. */
    private static BlockError unregistered(BlockError error) {
        if (error.code() != Errno.EIO) {
            return error;
        }
        return BlockError.of(
                Errno.EIO,
                "cannot be reserved: " + error.message() + "; with LIO, make the folder /var/target/pr there");
    }

    private void reserve(long holder, Claimed done) {
        out(Cdbs.RESERVE, WRITE_EXCLUSIVE, owner.key(), 0, false, error -> {
            if (error != null && error.code() == Errno.EBUSY && holder != 0) {
                preempt(holder, done);
            } else {
                done.claimed(error == null, error);
            }
        });
    }

    /** An earlier session of this volume holds it from another nexus: its commands in flight are ended. */
    private void preempt(long holder, Claimed done) {
        preempt(Cdbs.PREEMPT_AND_ABORT, holder, error -> {
            if (error != null && error.code() == Errno.EINVAL) {
                preemptOnly(holder, done);
            } else {
                done.claimed(error == null, error);
            }
        });
    }

    /**
     * For targets without PREEMPT AND ABORT. tgt is one, and takes each new session for a new nexus, so that we meet our
     * own reservation after every loss. The login has ended what the session that it replaced had in flight, unless that
     * one was in another portal group.
     */
    private void preemptOnly(long holder, Claimed done) {
        if (moved) {
            done.claimed(
                    false,
                    BlockError.of(
                            Errno.EINVAL,
                            "moved to another portal group, and has no PREEMPT AND ABORT by which what is in flight in the"
                                    + " one before could be ended"));
        } else {
            preempt(Cdbs.PREEMPT, holder, error -> done.claimed(error == null, error));
        }
    }

    private void preempt(int action, long holder, Completion done) {
        out(action, WRITE_EXCLUSIVE, owner.key(), holder, false, done);
    }

    /** Unregisters, by which the reservation is released; {@code done} is told however that ends. */
    void release(Runnable done) {
        out(Cdbs.REGISTER, 0, owner.key(), 0, false, error -> done.run());
    }

    private void out(int action, int type, long key, long actionKey, boolean kept, Completion done) {
        ByteBuf parameters = Unpooled.directBuffer(PARAMETER_LENGTH)
                .writeLong(key)
                .writeLong(actionKey)
                .writeInt(0)
                .writeByte(kept ? KEPT_OVER_POWER_LOSS : 0)
                .writeZero(3);
        ScsiCommand command = ScsiCommand.write(Cdbs.reserveOut(action, type, PARAMETER_LENGTH), parameters, false);
        commands.send(command, (none, error) -> {
            parameters.release();
            done.completed(error);
        });
    }
}
