package io.quorumd.quorum;

/**
 * One vote: which of the children's answers is the right one. Pure; children are bits of an int, what they answered is
 * seen only through {@link Sameness}.
 *
 * <p>QEMU counts SHA-256 hashes; we group by comparing, which is exact and, with as few answers as there are children,
 * cheaper. (The digests that the journal keeps are SHA-256.) Two versions that both reach the threshold are no answer:
 * QEMU takes the one that appeared later.
 */
final class Ballot {

    /** No version has enough votes. */
    static final int NONE = -1;

    /** More than one has. */
    static final int AMBIGUOUS = -2;

    /** Whether two children gave the same answer. */
    @FunctionalInterface
    interface Sameness {
        boolean same(int child, int otherChild);
    }

    private int agreeing;
    private int mostVotesOfOthers;

    /**
     * Counts.
     *
     * @param voters the children that answered and have a vote
     * @return the lowest child that gave the winning answer, {@link #NONE} or {@link #AMBIGUOUS}
     */
    int decide(int voters, int threshold, Sameness answers) {
        agreeing = 0;
        mostVotesOfOthers = 0;
        int winner = NONE;
        for (int left = voters; left != 0; ) {
            int first = Integer.numberOfTrailingZeros(left);
            int group = groupOf(first, left, answers);
            left &= ~group;
            int votes = Integer.bitCount(group);
            if (votes >= threshold && winner == NONE) {
                winner = first;
                agreeing = group;
                continue;
            }
            mostVotesOfOthers = Math.max(mostVotesOfOthers, votes);
            if (votes >= threshold) {
                winner = AMBIGUOUS;
                agreeing = 0;
            }
        }
        return winner;
    }

    /**
     * Where a vote cannot decide and somebody must: of the {@code trusted} voters' answers the one that most of them gave,
     * and of several such the lowest child's. A child that lies does not win against two that agree.
     */
    int decideByMost(int trusted, int voters, Sameness answers) {
        int winner = NONE;
        int most = 0;
        for (int left = trusted; left != 0; ) {
            int first = Integer.numberOfTrailingZeros(left);
            int group = groupOf(first, left, answers);
            left &= ~group;
            if (Integer.bitCount(group) > most) {
                most = Integer.bitCount(group);
                winner = first;
            }
        }
        agreeing = groupOf(winner, voters, answers);
        return winner;
    }

    /** After a decision: the children that gave the winning answer. */
    int agreeing() {
        return agreeing;
    }

    /** After a decision: whether answers of {@code outstanding} more voters can bring another version to the threshold. */
    boolean isFinal(int outstanding, int threshold) {
        return mostVotesOfOthers + outstanding < threshold;
    }

    private static int groupOf(int first, int candidates, Sameness answers) {
        int group = 1 << first;
        for (int rest = candidates & ~group; rest != 0; rest &= rest - 1) {
            int other = Integer.numberOfTrailingZeros(rest);
            if (answers.same(first, other)) {
                group |= 1 << other;
            }
        }
        return group;
    }
}
