package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Every vote of up to five children: each absent or with one of as many versions as there are children. */
class BallotTest {

    private static final int ABSENT = -1;

    @Test
    void everyVoteOfUpToFiveChildren() {
        for (int children = 1; children <= 5; children++) {
            int[] answers = new int[children];
            Arrays.fill(answers, ABSENT);
            do {
                for (int threshold = 1; threshold <= children; threshold++) {
                    check(answers, threshold);
                }
            } while (advance(answers));
        }
    }

    @Test
    void aDecisionIsFinalExactlyWhenNoFurtherAnswerCanMakeAnotherVersionReachTheThreshold() {
        for (int children = 2; children <= 5; children++) {
            for (int threshold = 1; threshold <= children; threshold++) {
                int[] answers = new int[children];
                Arrays.fill(answers, ABSENT);
                do {
                    checkFinality(answers, threshold);
                } while (advance(answers));
            }
        }
    }

    private static void check(int[] answers, int threshold) {
        Ballot ballot = new Ballot();
        int winner = ballot.decide(voters(answers), threshold, (a, b) -> answers[a] == answers[b]);
        int[] reaching = versionsReaching(answers, threshold);
        String vote = Arrays.toString(answers) + " threshold " + threshold;
        if (reaching.length == 0) {
            assertThat(winner).as(vote).isEqualTo(Ballot.NONE);
        } else if (reaching.length > 1) {
            assertThat(winner).as(vote).isEqualTo(Ballot.AMBIGUOUS);
        } else {
            assertThat(answers[winner]).as(vote).isEqualTo(reaching[0]);
            for (int child = 0; child < answers.length; child++) {
                boolean agrees = (ballot.agreeing() & 1 << child) != 0;
                assertThat(agrees).as(vote).isEqualTo(answers[child] == reaching[0]);
            }
        }
    }

    private static void checkFinality(int[] answers, int threshold) {
        Ballot ballot = new Ballot();
        int winner = ballot.decide(voters(answers), threshold, (a, b) -> answers[a] == answers[b]);
        if (winner < 0) {
            return;
        }
        int outstanding = (int) Arrays.stream(answers).filter(a -> a == ABSENT).count();
        boolean another = outstanding >= threshold;
        for (int version = 0; version < answers.length; version++) {
            int v = version;
            long votes = Arrays.stream(answers).filter(a -> a == v).count();
            another |= v != answers[winner] && votes > 0 && votes + outstanding >= threshold;
        }
        assertThat(ballot.isFinal(outstanding, threshold))
                .as(Arrays.toString(answers) + " threshold " + threshold)
                .isEqualTo(!another);
    }

    private static int[] versionsReaching(int[] answers, int threshold) {
        return Arrays.stream(answers)
                .filter(a -> a != ABSENT)
                .distinct()
                .filter(v -> Arrays.stream(answers).filter(a -> a == v).count() >= threshold)
                .toArray();
    }

    private static int voters(int[] answers) {
        int voters = 0;
        for (int i = 0; i < answers.length; i++) {
            voters |= answers[i] != ABSENT ? 1 << i : 0;
        }
        return voters;
    }

    private static boolean advance(int[] answers) {
        for (int i = 0; i < answers.length; i++) {
            if (++answers[i] < answers.length) {
                return true;
            }
            answers[i] = ABSENT;
        }
        return false;
    }
}
