package io.quorumd.block.iscsi;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Strand.Timer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a session does not hang: pings a target that is silent, aborts commands that take too long, so that
 * they have really ended when their callers are told so, and gives the session up where neither is answered.
 */
final class SessionWatch {

    private static final int ABORTED = 0;
    private static final int NO_SUCH_TASK = 1;
    private static final int TICKS_PER_TIMEOUT = 4;

    private final InitiatorSession session;
    private final SessionTimes times;
    private final ArrayDeque<ScsiCommand> toAbort = new ArrayDeque<>();
    private @Nullable Timer timer;
    private boolean stopped;
    private boolean leaving;
    private boolean loggingOut;
    private long heardAt;
    private long leaveAt;
    private boolean pinging;
    private long pingedAt;
    private @Nullable ScsiCommand aborting;
    /** What it was sent with: it may end after all, and be sent again, before the target answers. */
    private int abortedTag;

    private int abortTag;
    private long abortSentAt;

    SessionWatch(InitiatorSession session, SessionTimes times) {
        this.session = session;
        this.times = times;
        this.heardAt = now();
    }

    void start() {
        timer = times.strand().schedule(this::tick, times.nanos() / TICKS_PER_TIMEOUT);
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
        }
    }

    long now() {
        return times.strand().nanoTime();
    }

    /** No command is taken any more: logs out as soon as those under way have ended, or have had their time. */
    void leaveWhenIdle() {
        if (!leaving) {
            leaving = true;
            leaveAt = now() + times.nanos();
            leaveIfDue();
        }
    }

    /** Called whenever a command may have been the last one. */
    void leaveIfDue() {
        if (leaving && !loggingOut && (session.isIdle() || now() >= leaveAt)) {
            loggingOut = true;
            session.logout(() -> {});
        }
    }

    private void tick() {
        if (stopped) {
            return;
        }
        long now = now();
        if (session.takeHeard()) {
            heardAt = now;
            pinging = false;
        }
        if (pinging && now - pingedAt > times.nanos()) {
            session.fail("the target is silent: no answer to a ping within "
                    + times.timeout().toMillis() + " ms");
        } else if (aborting != null && now - abortSentAt > times.nanos()) {
            session.fail("the target did not end a command that took too long, and was to be aborted");
        } else if (loggingOut && now >= leaveAt + times.nanos()) {
            session.fail("the target did not answer the logout that it asked for");
        } else {
            if (now - heardAt > times.nanos() && !pinging) {
                pinging = true;
                pingedAt = now;
                session.ping();
            }
            session.forEachInFlight(command -> abortIfLate(command, now));
            withdrawLate(now);
            leaveIfDue();
            start();
        }
    }

    private void abortIfLate(ScsiCommand command, long now) {
        if (!command.aborting && now - command.sentAt > times.commandNanos(command)) {
            command.aborting = true;
            toAbort.add(command);
            abortNext();
        }
    }

    private void withdrawLate(long now) {
        for (ScsiCommand next = session.longestWaiting();
                next != null && now - next.sentAt > times.commandNanos(next);
                next = session.longestWaiting()) {
            session.withdrawWaiting(next, BlockError.of(Errno.ETIMEDOUT, "the target takes no more commands"));
        }
    }

    private void abortNext() {
        while (aborting == null && !toAbort.isEmpty()) {
            ScsiCommand next = toAbort.remove();
            if (next.aborting && session.isInFlight(next)) {
                aborting = next;
                abortedTag = next.tag;
                abortSentAt = now();
                abortTag = session.abort(next);
            }
        }
    }

    /** Task Management Function Response (RFC 7143 §11.6.1). */
    void abortAnswered(int tag, int response) {
        ScsiCommand command = aborting;
        if (command == null || tag != abortTag) {
            return;
        }
        aborting = null;
        if (response != ABORTED && response != NO_SUCH_TASK) {
            session.fail("the target does not abort a command that takes too long, response " + response);
            return;
        }
        if (command.tag == abortedTag) {
            session.aborted(
                    command, BlockError.of(Errno.ETIMEDOUT, "the target took too long; the command was aborted"));
        }
        abortNext();
    }
}
