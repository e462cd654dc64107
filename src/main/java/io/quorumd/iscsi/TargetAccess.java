package io.quorumd.iscsi;

import io.quorumd.pdu.ChapAccount;
import org.jspecify.annotations.Nullable;

/** Who may use a target. Asked on event loops with names in normal form; must not block. */
public interface TargetAccess {

    /** Anybody, without proof. */
    TargetAccess OPEN = new TargetAccess() {
        @Override
        public boolean admits(String initiatorName) {
            return true;
        }

        @Override
        public @Nullable ChapAccount chap(String initiatorName) {
            return null;
        }
    };

    /** False: to this initiator the target does not exist. */
    boolean admits(String initiatorName);

    /** True: to this initiator every logical unit of the target is write protected. */
    default boolean isReadOnly(String initiatorName) {
        return false;
    }

    /** What it has to prove; null: nothing. */
    @Nullable
    ChapAccount chap(String initiatorName);
}
