package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quorumd.quorum.QuorumOptions.ReadPattern;
import org.junit.jupiter.api.Test;

class QuorumOptionsTest {

    @Test
    void theThresholdIsTheMajorityUnlessSaidOtherwise() {
        assertThat(QuorumOptions.of(2).build().voteThreshold()).isEqualTo(2);
        assertThat(QuorumOptions.of(3).build().voteThreshold()).isEqualTo(2);
        assertThat(QuorumOptions.of(4).build().voteThreshold()).isEqualTo(3);
        assertThat(QuorumOptions.of(5).build().voteThreshold()).isEqualTo(3);
    }

    @Test
    void refusesInTheWordsOfTheContract() {
        refuses(QuorumOptions.of(1), "Number of provided children must be greater than 1");
        refuses(QuorumOptions.of(3).voteThreshold(4), "threshold may not exceed children count");
        refuses(
                QuorumOptions.of(3).voteThreshold(4).readPattern(ReadPattern.FIFO),
                "threshold may not exceed children count");
        refuses(QuorumOptions.of(3).voteThreshold(0), "vote-threshold must be at least 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuorumOptions.readPattern("lifo"))
                .withMessage("Please set read-pattern as fifo or quorum");
    }

    @Test
    void blkverifyIsForTwoChildrenThatMustAgree() {
        String rule = "blkverify=on can only be set if there are exactly two children, vote-threshold is 2 and"
                + " read-pattern is quorum";
        refuses(QuorumOptions.of(3).blkverify(true), rule);
        refuses(QuorumOptions.of(2).voteThreshold(1).blkverify(true), rule);
        refuses(QuorumOptions.of(2).readPattern(ReadPattern.FIFO).blkverify(true), rule);
        refuses(
                QuorumOptions.of(2).blkverify(true).rewriteCorrupted(true),
                "rewrite-corrupted=on cannot be used with blkverify=on");
        assertThat(QuorumOptions.of(2).blkverify(true).build().rewriteCorrupted())
                .isFalse();
    }

    @Test
    void fifoDoesNotRepair() {
        refuses(
                QuorumOptions.of(3).readPattern(ReadPattern.FIFO).rewriteCorrupted(true),
                "rewrite-corrupted=on cannot be used with read-pattern=fifo");
        assertThat(QuorumOptions.of(3).readPattern(ReadPattern.FIFO).build().rewriteCorrupted())
                .isFalse();
        assertThat(QuorumOptions.of(3).build().rewriteCorrupted()).isTrue();
    }

    @Test
    void effectiveOptionsHaveTheNamesOfTheContract() {
        assertThat(QuorumOptions.of(3).build().effective())
                .containsEntry("driver", "quorum")
                .containsEntry("vote-threshold", 2)
                .containsEntry("blkverify", false)
                .containsEntry("rewrite-corrupted", true)
                .containsEntry("read-pattern", "quorum")
                .containsEntry("read-completion", "threshold")
                .containsEntry("write-completion", "all");
    }

    private static void refuses(QuorumOptions.Builder builder, String message) {
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessage(message);
    }
}
