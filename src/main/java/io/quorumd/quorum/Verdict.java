package io.quorumd.quorum;

/**
 * The vote on each unit of a range: who won, who lost. Pure.
 *
 * <p>A child lost a unit when it was asked and did not give the winning answer: it gave another, or could not read it.
 * Where nobody won nobody lost.
 */
final class Verdict {

    /** What the children answered, unit by unit. */
    interface Answers {

        /** Children whose answer to a unit counts. */
        int voters(int unit);

        /** Children that have a vote there but could not answer for this unit alone. */
        int unreadable(int unit);

        boolean same(int unit, int child, int otherChild);
    }

    /** Called for each run of adjacent units, as long as possible, {@code from} inclusive, {@code to} exclusive. */
    @FunctionalInterface
    interface RunVisitor {
        void run(int child, int from, int to);
    }

    private final int children;
    private final int[] winners;
    private final int[] wrong;
    private final int[] unreadable;

    private Verdict(int units, int children) {
        this.children = children;
        this.winners = new int[units];
        this.wrong = new int[units];
        this.unreadable = new int[units];
    }

    static Verdict on(int units, int children, int threshold, Answers answers) {
        Verdict verdict = new Verdict(units, children);
        verdict.vote(threshold, answers, false, 0, 0);
        return verdict;
    }

    /**
     * On copies that may differ for good: where the vote cannot decide the answer that most gave does, as
     * long as T answer, and of several such the lowest child's.
     *
     * @param doubtful children that may have lost what they once had: what only they say counts for nothing while
     *     another answers, and they are to be written anew whatever they hold
     */
    static Verdict settling(int units, int children, int threshold, int rewritten, int doubtful, Answers answers) {
        Verdict verdict = new Verdict(units, children);
        verdict.vote(threshold, answers, true, rewritten, doubtful);
        return verdict;
    }

    private void vote(int threshold, Answers answers, boolean orMost, int rewritten, int doubtful) {
        Ballot ballot = new Ballot();
        for (int u = 0; u < winners.length; u++) {
            int unit = u;
            int voters = answers.voters(unit);
            Ballot.Sameness sameness = (a, b) -> answers.same(unit, a, b);
            int winner = ballot.decide(voters, threshold, sameness);
            int trusted = (voters & ~doubtful) != 0 ? voters & ~doubtful : voters;
            boolean decided = winner >= 0 && (ballot.agreeing() & trusted) != 0;
            if (!decided && orMost && Integer.bitCount(voters) >= threshold) {
                winner = ballot.decideByMost(trusted, voters, sameness);
            }
            winners[unit] = winner;
            unreadable[unit] = answers.unreadable(unit);
            wrong[unit] = winner >= 0 ? voters & (~ballot.agreeing() | rewritten | doubtful) : 0;
        }
    }

    int units() {
        return winners.length;
    }

    /** The lowest child with the winning answer, {@link Ballot#NONE} or {@link Ballot#AMBIGUOUS}. */
    int winner(int unit) {
        return winners[unit];
    }

    /** The first unit from {@code from} (inclusive) to {@code to} (exclusive) without a winner, or -1. */
    int firstWithoutWinner(int from, int to) {
        for (int unit = from; unit < to; unit++) {
            if (winners[unit] < 0) {
                return unit;
            }
        }
        return -1;
    }

    void forEachWrong(RunVisitor visitor) {
        visitRuns(visitor, (child, unit) -> (wrong[unit] & 1 << child) != 0);
    }

    void forEachUnreadable(RunVisitor visitor) {
        visitRuns(visitor, (child, unit) -> (unreadable[unit] & 1 << child) != 0);
    }

    /** Runs that can be repaired, each with one and the same winner throughout. */
    void forEachLost(RunVisitor visitor) {
        visitRuns(
                (child, from, to) -> {
                    int start = from;
                    for (int unit = from + 1; unit <= to; unit++) {
                        if (unit == to || winners[unit] != winners[start]) {
                            visitor.run(child, start, unit);
                            start = unit;
                        }
                    }
                },
                (child, unit) -> winners[unit] >= 0 && ((wrong[unit] | unreadable[unit]) & 1 << child) != 0);
    }

    @FunctionalInterface
    private interface Membership {
        boolean test(int child, int unit);
    }

    private void visitRuns(RunVisitor visitor, Membership membership) {
        for (int child = 0; child < children; child++) {
            int start = -1;
            for (int unit = 0; unit <= winners.length; unit++) {
                boolean in = unit < winners.length && membership.test(child, unit);
                if (in && start < 0) {
                    start = unit;
                } else if (!in && start >= 0) {
                    visitor.run(child, start, unit);
                    start = -1;
                }
            }
        }
    }
}
