package io.quorumd.quorum.state;

import io.quorumd.block.Completion;

/**
 * Where the children may differ: regions that are being written, and regions that an interruption left unsettled
 * (contract 6.2). On disk they are one map, because an interruption turns the one into the other; so an unsettled region
 * keeps its mark until it has been settled, whatever is removed.
 *
 * <p>Strand and ranges as for {@link DurableMap}.
 */
public final class IntentMap {

    private final DurableMap map;
    private final RegionMap unsettled;

    /** @param map as found on disk; all it holds is unsettled */
    IntentMap(DurableMap map) {
        this.map = map;
        this.unsettled = new RegionMap(map.regions().regions());
        unsettled.addAll(map.regions());
    }

    /** Regions that carry a mark, durable or not, settled or not. Only to be read. */
    public RegionMap marked() {
        return map.regions();
    }

    /** Regions in which children may differ for good, until {@link #settled}. Only to be read. */
    public RegionMap unsettled() {
        return unsettled;
    }

    /** Whether a write to the range may be issued straight away. */
    public boolean isDurable(int from, int to) {
        return map.isDurable(from, to);
    }

    /** Marks regions that are about to be written; the write may be issued when this completes without an error. */
    public void mark(int from, int to, Completion done) {
        map.add(from, to, done);
    }

    /**
     * A write to these regions ended without having been acknowledged: children may differ there.
     *
     * @param done when that is durable: at once, as long as the regions were marked for the write
     */
    public void unsettle(int from, int to, Completion done) {
        unsettled.add(from, to);
        map.add(from, to, done);
    }

    /** Every child now holds the same in these regions or is durably stale there. The mark stays until removed. */
    public void settled(int from, int to) {
        unsettled.remove(from, to);
    }

    /** Takes the mark off all regions of the range that are settled; lazily on disk. */
    public void remove(int from, int to) {
        for (int region = unsettled.nextClear(from, to); region < to; region = unsettled.nextClear(region, to)) {
            int end = unsettled.nextSet(region, to);
            map.remove(region, end);
            region = end;
        }
    }

    /** Completes when everything done before, removals too, is on stable storage. */
    public void sync(Completion done) {
        map.sync(done);
    }

    void close(Completion done) {
        map.close(done);
    }
}
