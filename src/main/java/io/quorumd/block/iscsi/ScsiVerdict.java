package io.quorumd.block.iscsi;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.pdu.SenseData;

/**
 * What the end of a command means (SAM-6 §5.3, SPC-5 §4.5): the only place where status and sense become something else.
 *
 * @param action what to do about it
 * @param error what to tell whoever asked, where nothing helps
 */
record ScsiVerdict(Action action, BlockError error) {

    /** What to do about a command that has ended. */
    enum Action {
        SUCCESS,
        /** Send it again at once: the LUN had something to tell first. */
        REPEAT,
        /** Send it again in a while. */
        REPEAT_LATER,
        /** Look whether the LUN still has its size, and send it again. */
        CHECK_SIZE,
        /** Another service has the LUN. */
        FENCED,
        /** What was not flushed may be gone, or commands in flight: as if the connection were lost. */
        LOST,
        FAIL
    }

    private static final BlockError NONE = BlockError.of(Errno.EIO, "");

    static ScsiVerdict of(ScsiCommand command) {
        BlockError failure = command.failure();
        if (failure != null) {
            return new ScsiVerdict(Action.FAIL, failure);
        }
        return switch (command.status()) {
            case ScsiCommand.GOOD -> new ScsiVerdict(Action.SUCCESS, NONE);
            case ScsiCommand.CHECK_CONDITION -> of(command.sense());
            case ScsiCommand.BUSY -> of(Action.REPEAT_LATER, Errno.EIO, "the target is busy");
            case ScsiCommand.TASK_SET_FULL -> of(Action.REPEAT_LATER, Errno.EIO, "the target's queue is full");
            case ScsiCommand.TASK_ABORTED -> of(Action.REPEAT, Errno.EIO, "another initiator aborts our commands");
            case ScsiCommand.RESERVATION_CONFLICT ->
                of(Action.FENCED, Errno.EBUSY, "another initiator has reserved the LUN");
            default -> of(Action.FAIL, Errno.EIO, "the target answered status 0x%02x".formatted(command.status()));
        };
    }

    private static ScsiVerdict of(SenseData sense) {
        String text = "the target answered " + sense;
        return switch (sense.key()) {
            case SenseData.RECOVERED_ERROR -> new ScsiVerdict(Action.SUCCESS, NONE);
            case SenseData.UNIT_ATTENTION -> attention(sense, text);
            case SenseData.NOT_READY -> notReady(sense, text + ", not ready");
            case SenseData.ABORTED_COMMAND -> of(Action.REPEAT_LATER, Errno.EIO, text + ", command aborted");
            case SenseData.ILLEGAL_REQUEST ->
                sense.asc() == 0x25
                        ? of(Action.LOST, Errno.ENODEV, text + ", there is no such LUN")
                        : of(Action.FAIL, Errno.EINVAL, text + ", illegal request");
            case SenseData.DATA_PROTECT ->
                sense.asc() == 0x27 && sense.ascq() == 0x07
                        ? of(Action.FAIL, Errno.ENOSPC, text + ", out of space")
                        : of(Action.FAIL, Errno.EROFS, text + ", write protected");
            case SenseData.MEDIUM_ERROR -> of(Action.FAIL, Errno.EIO, text + ", medium error");
            default -> of(Action.FAIL, Errno.EIO, text);
        };
    }

    private static ScsiVerdict notReady(SenseData sense, String text) {
        return switch (sense.asc() << 8 | sense.ascq()) {
            case 0x0401 -> of(Action.REPEAT_LATER, Errno.ENODEV, text);
            // Logical unit communication failure: what LIO answers for whatever its disk cannot do, a bad sector, say.
            case 0x0800 -> of(Action.FAIL, Errno.EIO, text + ", its disk failed");
            default -> of(Action.LOST, Errno.ENODEV, text);
        };
    }

    /** Unit attentions (SPC-5, annex of ASC and ASCQ assignments). */
    private static ScsiVerdict attention(SenseData sense, String text) {
        return switch (sense.asc() << 8 | sense.ascq()) {
            // Power on, resets, nexus loss; commands cleared by another initiator.
            case 0x2900, 0x2901, 0x2902, 0x2903, 0x2904, 0x2907, 0x2F00 ->
                of(Action.LOST, Errno.ENODEV, text + ", it was reset");
            // Reservations preempted, released; registrations preempted.
            case 0x2A03, 0x2A04, 0x2A05 ->
                of(Action.FENCED, Errno.EBUSY, text + ", another initiator took our reservation");
            case 0x2A09 -> of(Action.CHECK_SIZE, Errno.EIO, text + ", capacity changed");
            default -> of(Action.REPEAT, Errno.EIO, text + ", unit attention");
        };
    }

    private static ScsiVerdict of(Action action, Errno code, String text) {
        return new ScsiVerdict(action, BlockError.of(code, text));
    }
}
