package io.quorumd.quorum;

import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import io.quorumd.quorum.state.RegionMap;

/**
 * Which regions carry write intent, and for how long (contract 6.2). A mark costs a wait for stable storage, so a load is
 * to pay for few of them: a whole group of regions is marked when the first of them is written, a group of groups when as
 * many of its regions have been written lately as a group has, or at once when the load has had to wait for many marks
 * already, and what has been written lately keeps its mark, with its group. Ahead of a load that goes through the disk in
 * order the next two groups of groups are marked, without anybody waiting, once it is half way through one. What an interruption
 * leaves to be compared is so at most {@link QuorumOptions#intentGroup} times what was written in the last two sweeps, as
 * many times that again where a load is all over the disk, and two groups of groups ahead of each load in order.
 *
 * <p>Where some child has no vote nothing but what is written is marked: a comparison there would have no copy to spare.
 *
 * <p>Ranges of regions are {@code [from, to)}; everything on the strand.
 */
final class WriteIntent {

    /**
     * Groups of groups, marked ahead of a load in order. One is too late where the page cache is full of dirty pages: the disk's
     * queue is long by then, and four rounds of eight stood still for seconds at a mark (ext4, 256 KiB); with two none did.
     */
    private static final int GROUPS_AHEAD = 2;

    private final Quorum quorum;
    private final int group;
    /** Written since the last sweep, and between that and the one before. */
    private RegionMap recent;

    private RegionMap earlier;

    /** Marks that something waited for since the last sweep. */
    private int marks;

    private final RangeQueue.Hold hold = new RangeQueue.Hold() {
        @Override
        protected void granted() {
            throw new IllegalStateException("it did not wait");
        }
    };

    WriteIntent(Quorum quorum) {
        this.quorum = quorum;
        this.group = quorum.options.intentGroup();
        this.recent = new RegionMap(quorum.regions.count());
        this.earlier = new RegionMap(quorum.regions.count());
    }

    /** Notes that a range is about to be written. @return whether it may be straight away; if not, {@link #add} */
    boolean isDurable(int from, int to) {
        if (!recent.containsAll(from, to)) {
            recent.add(from, to);
            markAhead(to);
        }
        return quorum.book.hasIntent(from, to);
    }

    /** Marks a range; it may be written when this completes without an error. */
    void add(int from, int to, Completion done) {
        if (quorum.book.intent().containsAll(from, to)) {
            // Being recorded already, or that failed; what is around it has been thought of.
            quorum.book.addIntent(from, to, done);
            return;
        }
        int size = isDense(from, to, group * group, group) || marks >= group * group ? group * group : group;
        while (size > 1 && !isVotedOnByAll(from, to, size)) {
            size /= group;
        }
        marks++;
        quorum.book.addIntent(start(from, size), end(to, size), done);
    }

    /** A wait for stable storage may be one for all that the disk has queued, and that, for a load of writes in order, is most. */
    private void markAhead(int to) {
        int size = group * group;
        int next = end(to, size);
        int last = Math.min(next + GROUPS_AHEAD * size, quorum.regions.count());
        boolean isOrderly = size > 1 && to - start(to - 1, size) >= size / 2 && recent.containsAll(to - group, to);
        if (isOrderly
                && next < last
                && !quorum.book.intent().containsAll(next, last)
                && isVotedOnByAll(next, last, size)) {
            // Without it, whoever writes there first waits for it, and is told.
            quorum.book.addIntent(next, last, notRecorded -> {});
        }
    }

    /** Now and then: takes back the marks of what has not been written lately, nor anything near it. */
    void sweep() {
        int end = quorum.regions.count();
        for (int from = quorum.book.intent().nextSet(0, end); from < end; ) {
            int next = end(from + 1, group * group);
            if (!isDense(from, from + 1, group * group, group)) {
                sweepGroups(start(from, group * group), next);
            }
            from = quorum.book.intent().nextSet(next, end);
        }
        marks = 0;
        RegionMap oldest = earlier;
        earlier = recent;
        oldest.clear();
        recent = oldest;
    }

    private void sweepGroups(int from, int to) {
        for (int at = from; at < to; at += group) {
            int end = Math.min(to, at + group);
            if (quorum.book.intent().containsAny(at, end) && !isDense(at, end, group, 1)) {
                removeIdle(at, end);
            }
        }
    }

    /** Nothing that somebody uses right now: a write under way relies on its mark. */
    private void removeIdle(int from, int to) {
        long length = quorum.regions.length(from, to);
        if (quorum.ranges.acquire(hold, quorum.regions.offset(from), length, true)) {
            for (int region = from; region < to; region++) {
                // Every child has flushed it, or is stale there.
                if (!quorum.sync.unflushed.contains(region)) {
                    quorum.book.removeIntent(region, region + 1);
                }
            }
        }
        quorum.ranges.release(hold);
    }

    /** Whether at least so many regions of the group (or groups) around a range have been written lately. */
    private boolean isDense(int from, int to, int size, int least) {
        int start = start(from, size);
        int end = end(to, size);
        return recent.count(start, end) >= least || earlier.count(start, end) >= least;
    }

    private boolean isVotedOnByAll(int from, int to, int size) {
        int start = start(from, size);
        long length = quorum.regions.length(start, end(to, size));
        return quorum.voters.everywhere(quorum.regions.offset(start), length) == quorum.everybody();
    }

    private int start(int region, int size) {
        return region - region % size;
    }

    private int end(int to, int size) {
        return Math.min(start(to - 1, size) + size, quorum.regions.count());
    }
}
