package io.quorumd.block.iscsi;

import io.quorumd.block.Strand;
import java.time.Duration;

/**
 * How long a target may take.
 *
 * @param strand whose time it is
 * @param timeout the time allowed for connecting and login, a silence before a ping, its answer, the answer to an abort
 *     and to a logout. A command is aborted after {@value #COMMAND} times as long, one that may take its time (flush,
 *     zeroing) after {@value #SLOW_COMMAND} times as long: later than whoever waits for it, who gives up after one and
 *     three
 */
record SessionTimes(Strand strand, Duration timeout) {

    private static final int COMMAND = 2;
    private static final int SLOW_COMMAND = 4;

    long nanos() {
        return timeout.toNanos();
    }

    long commandNanos(ScsiCommand command) {
        return nanos() * (command.slow ? SLOW_COMMAND : COMMAND);
    }
}
