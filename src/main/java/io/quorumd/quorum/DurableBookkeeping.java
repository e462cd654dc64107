package io.quorumd.quorum;

import io.quorumd.block.Completion;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.DurableMap;
import io.quorumd.quorum.state.JournalEntry;
import io.quorumd.quorum.state.RegionMap;
import io.quorumd.quorum.state.VolumeState;
import java.util.function.Consumer;

/** Bookkeeping in the volume's state directory. */
final class DurableBookkeeping extends Bookkeeping {

    private final VolumeState state;
    private RegionMap[] stale = {};
    private DurableMap[] lost = {};
    private DurableMap[] unwritten = {};
    private String[] nodeNames = {};

    DurableBookkeeping(VolumeState state) {
        this.state = state;
    }

    @Override
    void begin(Regions regions, String[] names) {
        if (regions.count() != state.regions()) {
            throw new IllegalArgumentException(
                    "state for " + state.regions() + " regions, the device has " + regions.count());
        }
        nodeNames = names.clone();
        stale = new RegionMap[names.length];
        lost = new DurableMap[names.length];
        unwritten = new DurableMap[names.length];
        for (int i = 0; i < names.length; i++) {
            stale[i] = state.stale().of(names[i]);
            lost[i] = state.doubtful(names[i]);
            unwritten[i] = state.unwritten(names[i]);
        }
    }

    @Override
    ChildVerdict verdict(int child) {
        return state.verdicts().get(child);
    }

    @Override
    long size() {
        return state.size();
    }

    @Override
    boolean admits(long length, long size) {
        return state.admits(length);
    }

    @Override
    RegionMap stale(int child) {
        return stale[child];
    }

    @Override
    void addStale(int child, int from, int to, Completion done) {
        state.stale().add(nodeNames[child], from, to, done);
    }

    @Override
    void removeStale(int child, int from, int to) {
        state.stale().remove(nodeNames[child], from, to);
    }

    @Override
    void awaitRemoved(Completion done) {
        state.stale().sync(done);
    }

    @Override
    boolean hasIntent(int from, int to) {
        return state.intent().isDurable(from, to);
    }

    @Override
    void addIntent(int from, int to, Completion done) {
        state.intent().mark(from, to, done);
    }

    @Override
    void removeIntent(int from, int to) {
        state.intent().remove(from, to);
    }

    @Override
    RegionMap intent() {
        return state.intent().marked();
    }

    @Override
    RegionMap unsettled() {
        return state.intent().unsettled();
    }

    @Override
    void unsettle(int from, int to, Completion done) {
        state.intent().unsettle(from, to, done);
    }

    @Override
    void settled(int from, int to) {
        state.intent().settled(from, to);
    }

    @Override
    RegionMap lost(int child) {
        return lost[child].regions();
    }

    @Override
    void addLost(int child, int from, int to, Completion done) {
        lost[child].add(from, to, done);
    }

    @Override
    void removeLost(int child, int from, int to) {
        lost[child].remove(from, to);
    }

    @Override
    RegionMap unwritten(int child) {
        return unwritten[child].regions();
    }

    @Override
    void addUnwritten(int child, int from, int to, Completion done) {
        unwritten[child].add(from, to, done);
    }

    @Override
    void removeUnwritten(int child, int from, int to) {
        unwritten[child].remove(from, to);
    }

    @Override
    void awaitAdded(Completion done) {
        Gather gather = new Gather(done);
        state.stale().awaitAdded(gather.one());
        for (int child = 0; child < nodeNames.length; child++) {
            lost[child].awaitAdded(gather.one());
            unwritten[child].awaitAdded(gather.one());
        }
        gather.allGiven();
    }

    @Override
    void retry(Completion done) {
        Gather gather = new Gather(done);
        state.intent().sync(gather.one());
        awaitAdded(gather.one());
        gather.allGiven();
    }

    @Override
    boolean isKnown() {
        return state.isKnown();
    }

    @Override
    void becomeKnown(Completion done) {
        state.markKnown(done);
    }

    @Override
    void childLeft(int child) {
        state.childLeft(nodeNames[child]);
    }

    @Override
    void childReturned(ChildFound found, Consumer<ChildVerdict> done) {
        state.childReturned(found, done);
    }

    @Override
    void journal(JournalEntry entry) {
        state.journal().append(entry);
    }
}
