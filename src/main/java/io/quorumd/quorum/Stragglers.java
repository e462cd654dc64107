package io.quorumd.quorum;

import java.util.HashMap;
import java.util.Map;

/**
 * With {@code write-completion: threshold}: regions of one child that are stale only because writes to it have not ended
 * yet though they were acknowledged. When they end well, and nothing else was missed, a flush neither, the region is in
 * sync again. Pure.
 */
final class Stragglers {

    private static final class Region {
        int underWay;
        boolean missedMore;
    }

    private final Map<Integer, Region> regions = new HashMap<>();

    /** A write was left to end by itself; {@code staleBefore}: the child had no vote there anyway. */
    void left(int region, boolean staleBefore) {
        Region known = regions.get(region);
        if (known == null) {
            known = new Region();
            known.missedMore = staleBefore;
            regions.put(region, known);
        }
        known.underWay++;
    }

    /** The child missed something else in {@code [from, to)}. */
    void missed(int from, int to) {
        if (!regions.isEmpty()) {
            regions.forEach((region, state) -> state.missedMore |= from <= region && region < to);
        }
    }

    /** A flush succeeded that their writes, not ended yet, were no part of. */
    void flushed() {
        if (!regions.isEmpty()) {
            regions.values().forEach(state -> state.missedMore = true);
        }
    }

    /** @return whether the child has everything in the region now */
    boolean ended(int region, boolean well) {
        Region known = regions.get(region);
        if (known == null) {
            return false;
        }
        known.missedMore |= !well;
        if (--known.underWay > 0) {
            return false;
        }
        regions.remove(region);
        return !known.missedMore;
    }
}
