package io.quorumd.block.iscsi;

import io.quorumd.block.Completion;
import io.quorumd.block.Strand.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The orderly end of a session: our reservation is given back, then we log out; within a bounded time, whatever the target
 * does.
 */
final class LunGoodbye {

    private final InitiatorSession session;
    private final @Nullable ReservationClaim claim;
    private final SessionTimes times;

    /** @param claim null: nothing is to be given back */
    LunGoodbye(InitiatorSession session, @Nullable ReservationClaim claim, SessionTimes times) {
        this.session = session;
        this.claim = claim;
        this.times = times;
    }

    void say(Completion done) {
        Timer timer = times.strand().schedule(() -> session.fail("no answer to the logout"), times.nanos());
        Runnable gone = () -> {
            timer.cancel();
            done.completed(null);
        };
        if (claim != null && session.isAlive()) {
            claim.release(() -> session.logout(gone));
        } else {
            session.logout(gone);
        }
    }
}
