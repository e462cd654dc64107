package io.quorumd.scsi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PERSISTENT RESERVE OUT, taken apart (SPC-5 §6.16).
 *
 * @param type null where the CDB names one that does not exist
 * @param others whom SPEC_I_PT lists, or the one that REGISTER AND MOVE names
 */
record ReserveRequest(
        Action action,
        int scope,
        @Nullable ReservationType type,
        long key,
        long actionKey,
        boolean specifiesOthers,
        boolean allTargetPorts,
        boolean persistent,
        boolean unregister,
        int targetPort,
        List<String> others) {

    /** Service actions. */
    enum Action {
        REGISTER(0),
        RESERVE(1),
        RELEASE(2),
        CLEAR(3),
        PREEMPT(4),
        PREEMPT_AND_ABORT(5),
        REGISTER_AND_IGNORE_EXISTING_KEY(6),
        REGISTER_AND_MOVE(7);

        private final int code;

        Action(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        /** Those whose parameter list has flags of its own. */
        boolean registers() {
            return this == REGISTER || this == REGISTER_AND_IGNORE_EXISTING_KEY;
        }
    }
}
