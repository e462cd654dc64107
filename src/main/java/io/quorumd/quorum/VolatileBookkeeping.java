package io.quorumd.quorum;

import io.quorumd.block.Completion;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import io.quorumd.quorum.state.JournalEntry;
import io.quorumd.quorum.state.RegionMap;
import java.util.function.Consumer;

/** Bookkeeping that ends with the process: right as long as it lives. */
final class VolatileBookkeeping extends Bookkeeping {

    private RegionMap[] stale = {};
    private RegionMap[] lost = {};
    private RegionMap[] unwritten = {};
    private RegionMap unsettled = new RegionMap(0);
    private RegionMap intent = new RegionMap(0);
    private String[] nodeNames = {};

    @Override
    void begin(Regions regions, String[] names) {
        nodeNames = names.clone();
        unsettled = new RegionMap(regions.count());
        intent = new RegionMap(regions.count());
        stale = new RegionMap[names.length];
        lost = new RegionMap[names.length];
        unwritten = new RegionMap[names.length];
        for (int i = 0; i < names.length; i++) {
            stale[i] = new RegionMap(regions.count());
            lost[i] = new RegionMap(regions.count());
            unwritten[i] = new RegionMap(regions.count());
        }
    }

    @Override
    ChildVerdict verdict(int child) {
        return new ChildVerdict(nodeNames[child], Standing.CURRENT, "");
    }

    @Override
    long size() {
        return -1;
    }

    @Override
    RegionMap stale(int child) {
        return stale[child];
    }

    @Override
    void addStale(int child, int from, int to, Completion done) {
        stale[child].add(from, to);
        done.completed(null);
    }

    @Override
    void removeStale(int child, int from, int to) {
        stale[child].remove(from, to);
    }

    @Override
    void awaitRemoved(Completion done) {
        done.completed(null);
    }

    @Override
    boolean hasIntent(int from, int to) {
        return true;
    }

    @Override
    void addIntent(int from, int to, Completion done) {
        done.completed(null);
    }

    @Override
    void removeIntent(int from, int to) {
        // There is none: nobody would read it after a crash.
    }

    @Override
    RegionMap intent() {
        return intent;
    }

    @Override
    RegionMap unsettled() {
        return unsettled;
    }

    @Override
    void unsettle(int from, int to, Completion done) {
        unsettled.add(from, to);
        done.completed(null);
    }

    @Override
    void settled(int from, int to) {
        unsettled.remove(from, to);
    }

    @Override
    RegionMap lost(int child) {
        return lost[child];
    }

    @Override
    void addLost(int child, int from, int to, Completion done) {
        lost[child].add(from, to);
        done.completed(null);
    }

    @Override
    void removeLost(int child, int from, int to) {
        lost[child].remove(from, to);
    }

    @Override
    RegionMap unwritten(int child) {
        return unwritten[child];
    }

    @Override
    void addUnwritten(int child, int from, int to, Completion done) {
        unwritten[child].add(from, to);
        done.completed(null);
    }

    @Override
    void removeUnwritten(int child, int from, int to) {
        unwritten[child].remove(from, to);
    }

    @Override
    void awaitAdded(Completion done) {
        done.completed(null);
    }

    @Override
    void retry(Completion done) {
        done.completed(null);
    }

    @Override
    boolean isKnown() {
        return true;
    }

    @Override
    void becomeKnown(Completion done) {
        done.completed(null);
    }

    @Override
    void childLeft(int child) {
        // Nobody would read it after a crash.
    }

    @Override
    void childReturned(ChildFound found, Consumer<ChildVerdict> done) {
        done.accept(new ChildVerdict(found.nodeName(), Standing.CURRENT, ""));
    }

    @Override
    void journal(JournalEntry entry) {
        // Nowhere to keep it; the events tell as well.
    }
}
