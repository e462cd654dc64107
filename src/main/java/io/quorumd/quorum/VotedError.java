package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import org.jspecify.annotations.Nullable;

/**
 * What an operation without a quorum fails with: the code that most failing children gave; on a tie the one whose first
 * occurrence came last in child order. Pure.
 */
final class VotedError {

    private VotedError() {}

    /**
     * @param errors by child, null where a child did not fail
     * @param otherwise when nobody failed (answers that contradict each other, too few copies in sync, too few asked)
     */
    static BlockError of(@Nullable BlockError[] errors, BlockError otherwise) {
        BlockError winner = null;
        int most = 0;
        for (int i = 0; i < errors.length; i++) {
            BlockError error = errors[i];
            if (error == null || occursBefore(errors, i, error.code())) {
                continue;
            }
            int votes = count(errors, error.code());
            if (votes >= most) {
                winner = error;
                most = votes;
            }
        }
        return winner != null ? winner : otherwise;
    }

    private static boolean occursBefore(@Nullable BlockError[] errors, int index, Errno code) {
        for (int i = 0; i < index; i++) {
            BlockError error = errors[i];
            if (error != null && error.code() == code) {
                return true;
            }
        }
        return false;
    }

    private static int count(@Nullable BlockError[] errors, Errno code) {
        int count = 0;
        for (BlockError error : errors) {
            if (error != null && error.code() == code) {
                count++;
            }
        }
        return count;
    }
}
