package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Every verdict of up to five children that each are absent, cannot read, or have one of three versions; held against
 * the contract's sentences, written down as slowly as they read.
 */
class VerdictTest {

    private static final int ABSENT = -2;
    private static final int UNREADABLE = -1;
    private static final int VERSIONS = 3;
    /** More than there are units. */
    private static final int MANY = 8;

    @Test
    void everyVoteOfUpToFiveChildren() {
        for (int children = 1; children <= 5; children++) {
            int[][] answers = all(1, children);
            do {
                for (int threshold = 1; threshold <= children; threshold++) {
                    Verdict verdict = Verdict.on(1, children, threshold, answers(answers));
                    check(verdict, answers, elect(answers[0], threshold), threshold, 0);
                }
            } while (advance(answers));
        }
    }

    @Test
    void everySettlementOfUpToFourChildrenSomeOfThemDoubtful() {
        for (int children = 1; children <= 4; children++) {
            int[][] answers = all(1, children);
            do {
                for (int threshold = 1; threshold <= children; threshold++) {
                    for (int doubtful = 0; doubtful < 1 << children; doubtful++) {
                        Verdict verdict = Verdict.settling(1, children, threshold, 0, doubtful, answers(answers));
                        check(verdict, answers, settle(answers[0], threshold, doubtful), threshold, doubtful);
                    }
                }
            } while (advance(answers));
        }
    }

    @Test
    void whoIsToBeWrittenAnewIsWhateverHeHoldsAndStillVotes() {
        int[][] answers = all(1, 3);
        do {
            for (int rewritten = 0; rewritten < 1 << 3; rewritten++) {
                Verdict verdict = Verdict.settling(1, 3, 2, rewritten, 0, answers(answers));
                check(verdict, answers, settle(answers[0], 2, 0), 2, rewritten);
            }
        } while (advance(answers));
    }

    @Test
    void aRunToRepairEndsWhereAnotherChildHasTheRightBytes() {
        int[][] answers = {{0, 0, 0, 1}, {1, 1, 1, 2}, {UNREADABLE, 0, 0, 1}, {0, 0, 0, 0}, {1, 1, ABSENT, 0}};
        Verdict verdict = Verdict.on(5, 4, 2, answers(answers));
        List<List<Integer>> lost = new ArrayList<>();
        verdict.forEachLost((child, from, to) -> lost.add(List.of(child, from, to)));
        assertThat(lost).containsExactly(List.of(0, 2, 3), List.of(3, 0, 2), List.of(3, 2, 3), List.of(3, 4, 5));
    }

    @Test
    void whatIsReportedAndRepairedComesInRunsAsLongAsPossible() {
        int[][] answers = all(3, 2);
        do {
            for (int threshold = 1; threshold <= 2; threshold++) {
                Verdict verdict = Verdict.on(3, 2, threshold, answers(answers));
                String vote = Arrays.deepToString(answers) + " threshold " + threshold;
                List<int[]> wrong = new ArrayList<>();
                verdict.forEachWrong((child, from, to) -> wrong.add(new int[] {child, from, to}));
                assertApart(wrong, vote);
                assertThat(units(wrong)).as(vote).isEqualTo(outvoted(answers, verdict));
                List<int[]> unreadable = new ArrayList<>();
                verdict.forEachUnreadable((child, from, to) -> unreadable.add(new int[] {child, from, to}));
                assertApart(unreadable, vote);
                verdict.forEachLost((child, from, to) -> {
                    for (int unit = from; unit < to; unit++) {
                        assertThat(verdict.winner(unit)).as(vote).isEqualTo(verdict.winner(from));
                    }
                });
                for (int unit = 0; unit < 3; unit++) {
                    assertThat(verdict.winner(unit)).as(vote).isEqualTo(elect(answers[unit], threshold));
                    int next = unit;
                    while (next < 3 && verdict.winner(next) >= 0) {
                        next++;
                    }
                    assertThat(verdict.firstWithoutWinner(unit, 3)).as(vote).isEqualTo(next == 3 ? -1 : next);
                    assertThat(verdict.firstWithoutWinner(unit, unit)).isEqualTo(-1);
                }
            }
        } while (advance(answers));
    }

    private static void check(Verdict verdict, int[][] answers, int winner, int threshold, int doubtful) {
        String vote = Arrays.toString(answers[0]) + " threshold " + threshold + " doubtful " + doubtful;
        assertThat(verdict.winner(0)).as(vote).isEqualTo(winner);
        assertThat(verdict.units()).isEqualTo(1);
        TreeSet<Integer> wrong = new TreeSet<>();
        TreeSet<Integer> unreadable = new TreeSet<>();
        TreeSet<Integer> lost = new TreeSet<>();
        for (int child = 0; child < answers[0].length; child++) {
            int answer = answers[0][child];
            boolean doubted = (doubtful & 1 << child) != 0;
            if (answer >= 0 && winner >= 0 && (answer != answers[0][winner] || doubted)) {
                wrong.add(child);
                lost.add(child);
            }
            if (answer == UNREADABLE) {
                unreadable.add(child);
                if (winner >= 0) {
                    lost.add(child);
                }
            }
        }
        TreeSet<Integer> saidWrong = new TreeSet<>();
        verdict.forEachWrong((child, from, to) -> saidWrong.add(child));
        TreeSet<Integer> saidUnreadable = new TreeSet<>();
        verdict.forEachUnreadable((child, from, to) -> saidUnreadable.add(child));
        TreeSet<Integer> saidLost = new TreeSet<>();
        verdict.forEachLost((child, from, to) -> saidLost.add(child));
        assertThat(saidWrong).as(vote).isEqualTo(wrong);
        assertThat(saidUnreadable).as(vote).isEqualTo(unreadable);
        assertThat(saidLost).as(vote).isEqualTo(lost);
    }

    /** Section 2: the version with at least T votes, if there is exactly one; its lowest child. */
    private static int elect(int[] answers, int threshold) {
        int winner = Ballot.NONE;
        for (int version = VERSIONS - 1; version >= 0; version--) {
            int v = version;
            if (Arrays.stream(answers).filter(a -> a == v).count() >= threshold) {
                winner = winner == Ballot.NONE ? lowest(answers, v) : Ballot.AMBIGUOUS;
            }
        }
        return winner;
    }

    /**
     * Section 6.2: of at least T answering the vote decides, where it cannot, the most frequent answer, of several such the
     * lowest child's; but nobody who may have lost what he had decides alone while there is another.
     */
    private static int settle(int[] answers, int threshold, int doubtful) {
        int elected = elect(answers, threshold);
        int anySure = 0;
        int answering = 0;
        boolean sureOneAgrees = false;
        for (int child = answers.length - 1; child >= 0; child--) {
            if (answers[child] < 0) {
                continue;
            }
            answering++;
            if ((doubtful & 1 << child) == 0) {
                anySure |= 1 << child;
                sureOneAgrees |= elected >= 0 && answers[child] == answers[elected];
            }
        }
        if (answering < threshold) {
            return Ballot.NONE;
        }
        if (elected >= 0 && (anySure == 0 || sureOneAgrees)) {
            return elected;
        }
        int best = -1;
        long most = 0;
        for (int child = 0; child < answers.length; child++) {
            long votes = 0;
            for (int other = 0; other < answers.length; other++) {
                boolean counts = answers[other] >= 0 && (anySure == 0 || (anySure & 1 << other) != 0);
                votes += counts && answers[other] == answers[child] ? 1 : 0;
            }
            boolean candidate = answers[child] >= 0 && (anySure == 0 || (anySure & 1 << child) != 0);
            if (candidate && votes > most) {
                most = votes;
                best = child;
            }
        }
        return best;
    }

    private static int lowest(int[] answers, int version) {
        int child = 0;
        while (answers[child] != version) {
            child++;
        }
        return child;
    }

    /** Of runs, each child's units. */
    private static BitSet units(List<int[]> runs) {
        BitSet units = new BitSet();
        for (int[] run : runs) {
            units.set(run[0] * MANY + run[1], run[0] * MANY + run[2]);
        }
        return units;
    }

    private static BitSet outvoted(int[][] answers, Verdict verdict) {
        BitSet units = new BitSet();
        for (int unit = 0; unit < answers.length; unit++) {
            int winner = verdict.winner(unit);
            for (int child = 0; winner >= 0 && child < answers[unit].length; child++) {
                if (answers[unit][child] >= 0 && answers[unit][child] != answers[unit][winner]) {
                    units.set(child * MANY + unit);
                }
            }
        }
        return units;
    }

    private static void assertApart(List<int[]> runs, String vote) {
        for (int i = 1; i < runs.size(); i++) {
            int[] before = runs.get(i - 1);
            int[] run = runs.get(i);
            assertThat(run[0] > before[0] || run[1] > before[2]).as(vote).isTrue();
        }
    }

    private static Verdict.Answers answers(int[][] answers) {
        return new Verdict.Answers() {
            @Override
            public int voters(int unit) {
                return mask(unit, 0);
            }

            @Override
            public int unreadable(int unit) {
                return mask(unit, UNREADABLE) & ~mask(unit, 0);
            }

            @Override
            public boolean same(int unit, int child, int otherChild) {
                return answers[unit][child] == answers[unit][otherChild];
            }

            private int mask(int unit, int atLeast) {
                int mask = 0;
                for (int child = 0; child < answers[unit].length; child++) {
                    mask |= answers[unit][child] >= atLeast ? 1 << child : 0;
                }
                return mask;
            }
        };
    }

    private static int[][] all(int units, int children) {
        int[][] answers = new int[units][children];
        for (int[] unit : answers) {
            Arrays.fill(unit, ABSENT);
        }
        return answers;
    }

    private static boolean advance(int[][] answers) {
        for (int[] unit : answers) {
            for (int child = 0; child < unit.length; child++) {
                if (++unit[child] < VERSIONS) {
                    return true;
                }
                unit[child] = ABSENT;
            }
        }
        return false;
    }
}
