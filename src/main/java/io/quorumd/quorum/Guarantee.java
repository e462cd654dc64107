package io.quorumd.quorum;

/**
 * What N children and a threshold of T survive. Pure.
 *
 * <p>With v voters left, L of them lying alike: the right answer has v - L votes and wins while v - L >= T and the lie
 * stays below T; the lie wins once L >= T and the truth does not reach T as well.
 */
record Guarantee(int children, int threshold) {

    /** How many may stop answering before data is unavailable. */
    int mayStop() {
        return children - threshold;
    }

    /** How many of {@code voters} may lie before data is unavailable. */
    int mayLieAvailable(int voters) {
        return Math.max(0, Math.min(voters - threshold, threshold - 1));
    }

    /** How many of {@code voters} may lie, in the worst way, before data is wrong. */
    int mayLieRight(int voters) {
        // Both at T or above is ambiguous, an error; wrong needs T liars and fewer than T of the truth left.
        return Math.max(threshold, voters - threshold + 1) - 1;
    }

    String inWords() {
        return children + " children, threshold " + threshold + ": " + mayStop()
                + " may stop answering before data is unavailable; " + mayLieAvailable(children)
                + " may lie before data is unavailable, " + mayLieRight(children) + " before it is wrong"
                + (2 * threshold <= children
                        ? ". WARNING: two contradictory answers can both reach the threshold"
                        : "");
    }
}
