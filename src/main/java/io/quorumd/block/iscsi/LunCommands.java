package io.quorumd.block.iscsi;

import io.github.resilience4j.core.IntervalFunction;
import io.netty.buffer.ByteBuf;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.Strand;
import io.quorumd.pdu.SenseData;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Commands for one LUN, repeated where that helps: after unit attentions, and with growing pauses while the target is
 * busy. Ends the session where the LUN is not ours any more, or may have lost what was not flushed.
 */
final class LunCommands {

    /** Unit attentions queue up, one for each thing that happened. */
    private static final int REPEATS_MAX = 10;

    /** 50, 100 ... 1600 ms, some 3 s in all: what is busy for longer is reported. */
    private static final int LATER_MAX = 6;

    private static final IntervalFunction PAUSES =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(50), 2.0, 0.2);

    private final InitiatorSession session;
    private final Strand strand;
    /** What the LUN is to be, from the end of its opening on; 0 before. */
    private long size;

    private boolean opening = true;

    LunCommands(InitiatorSession session, Strand strand) {
        this.session = session;
        this.strand = strand;
    }

    /** Resets are news from now on, not what happened before our time, and conflicts the end. */
    void opened(long bytes) {
        opening = false;
        size = bytes;
    }

    /** Sends a command; data that was read is the receiver's, and null where the command read none. */
    void send(ScsiCommand command, ReadCompletion done) {
        new Attempts(command, done).next();
    }

    /** One command until it has really ended. */
    private final class Attempts {
        private final ScsiCommand command;
        private final ReadCompletion done;
        private int repeats;
        private int later;

        Attempts(ScsiCommand command, ReadCompletion done) {
            this.command = command;
            this.done = done;
        }

        void next() {
            session.send(command, this::ended);
        }

        private void ended(ScsiCommand over) {
            ScsiVerdict verdict = ScsiVerdict.of(over);
            BlockError error = verdict.error();
            switch (verdict.action()) {
                case SUCCESS -> done.completed(over.takeData(), null);
                case REPEAT -> repeat(error);
                case REPEAT_LATER -> repeatLater(error);
                case CHECK_SIZE -> checkSize(error);
                case FENCED -> fenced(error);
                case LOST -> lost(error);
                case FAIL -> fail(error);
            }
        }

        private void repeat(BlockError error) {
            if (++repeats > REPEATS_MAX) {
                fail(error);
            } else {
                next();
            }
        }

        private void repeatLater(BlockError error) {
            if (++later > LATER_MAX) {
                fail(error);
            } else {
                var _ = strand.schedule(this::next, TimeUnit.MILLISECONDS.toNanos(PAUSES.apply(later)));
            }
        }

        private void checkSize(BlockError error) {
            if (opening) {
                repeat(error);
                return;
            }
            send(ScsiCommand.inquire(Cdbs.readCapacity(), Cdbs.CAPACITY_LENGTH), (data, failed) -> {
                long now = data == null ? -1 : LunFacts.bytes(data);
                if (data != null) {
                    data.release();
                }
                if (now == size) {
                    repeat(error);
                } else {
                    lost(BlockError.of(
                            Errno.ENODEV,
                            now < 0
                                    ? "the LUN's size changed, and cannot be read"
                                    : "the LUN's size changed from " + size + " to " + now + " bytes"));
                }
            });
        }

        /** While the LUN is being opened its own steps know what to make of a conflict. */
        private void fenced(BlockError error) {
            if (!opening) {
                lost(BlockError.of(Errno.ENODEV, "fenced: " + error.message()));
            } else if (isAttention()) {
                repeat(error);
            } else {
                fail(error);
            }
        }

        private void lost(BlockError error) {
            if (opening && isAttention()) {
                repeat(error);
                return;
            }
            if (!opening) {
                session.fail(error.message());
            }
            fail(error);
        }

        private boolean isAttention() {
            return command.failure() == null && command.sense().key() == SenseData.UNIT_ATTENTION;
        }

        private void fail(BlockError error) {
            ByteBuf data = command.takeData();
            if (data != null) {
                data.release();
            }
            done.completed(null, error);
        }
    }
}
