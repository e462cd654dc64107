package io.quorumd.quorum;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which children have a vote where: those that answer and are not stale there. Also keeps the margin, region by region as
 * that changes. Pure; children are bits of an int.
 */
final class Voters {

    private final Regions regions;
    private final RegionSet[] stale;
    /** How many regions have 0, 1, 2 … children in sync and answering. */
    private final long[] regionsWith;

    private int answering;
    /** Children with any stale region. */
    private int stained;
    // For other threads to read.
    private volatile int leastInSync;
    private final AtomicLongArray staleCounts;

    Voters(Regions regions, int children) {
        this.regions = regions;
        this.stale = new RegionSet[children];
        for (int i = 0; i < children; i++) {
            stale[i] = new RegionSet(regions.count());
        }
        this.staleCounts = new AtomicLongArray(children);
        this.regionsWith = new long[children + 1];
        regionsWith[0] = regions.count();
    }

    /** Children that are asked, in sync or not. */
    int answering() {
        return answering;
    }

    void setAnswering(int child, boolean answers) {
        answering = answers ? answering | 1 << child : answering & ~(1 << child);
        recount();
    }

    /** Children with a vote in every region of the range. */
    int everywhere(long offset, long length) {
        int doubtful = answering & stained;
        return doubtful == 0 ? answering : answering & ~staleSomewhere(doubtful, offset, length);
    }

    /** Children with a vote in at least one region of the range. */
    int somewhere(long offset, long length) {
        if ((answering & stained) == 0) {
            return answering;
        }
        int voters = 0;
        for (long region = regions.at(offset); region <= regions.last(offset, length); region++) {
            voters |= in(region);
        }
        return voters;
    }

    /** Children with a vote in a region. */
    int in(long region) {
        int voters = answering;
        for (int left = answering & stained; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            if (stale[child].contains(region)) {
                voters &= ~(1 << child);
            }
        }
        return voters;
    }

    /** Whether in every region of the range at least {@code needed} of {@code children} are in sync. */
    boolean haveAtLeast(int needed, int children, long offset, long length) {
        if ((children & stained) == 0) {
            return Integer.bitCount(children) >= needed;
        }
        for (long region = regions.at(offset); region <= regions.last(offset, length); region++) {
            if (Integer.bitCount(children & ~staleIn(region)) < needed) {
                return false;
            }
        }
        return true;
    }

    boolean isStale(int child, long region) {
        return stale[child].contains(region);
    }

    /** @return whether it was in sync there */
    boolean markStale(int child, long region) {
        int before = Integer.bitCount(in(region));
        if (!stale[child].add(region)) {
            return false;
        }
        stained |= 1 << child;
        staleCounts.setOpaque(child, stale[child].count());
        moved(region, before);
        return true;
    }

    void clearStale(int child, long region) {
        int before = Integer.bitCount(in(region));
        if (!stale[child].remove(region)) {
            return;
        }
        if (stale[child].isEmpty()) {
            stained &= ~(1 << child);
        }
        staleCounts.setOpaque(child, stale[child].count());
        moved(region, before);
    }

    /** The first stale region of a child from {@code from} on, or -1. */
    long nextStale(int child, long from) {
        return stale[child].next(from);
    }

    /** Any thread. */
    long staleRegions(int child) {
        return staleCounts.get(child);
    }

    /** Section 8: the minimum over all regions of (children in sync there and answering), less the threshold. Any thread. */
    int margin(int threshold) {
        return leastInSync - threshold;
    }

    private void publishLeast() {
        int least = 0;
        while (least < regionsWith.length - 1 && regionsWith[least] == 0) {
            least++;
        }
        leastInSync = least;
    }

    private int staleIn(long region) {
        int children = 0;
        for (int left = stained; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            children |= stale[child].contains(region) ? 1 << child : 0;
        }
        return children;
    }

    private int staleSomewhere(int candidates, long offset, long length) {
        long first = regions.at(offset);
        long last = regions.last(offset, length);
        int found = 0;
        for (int left = candidates; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            found |= stale[child].containsAny(first, last) ? 1 << child : 0;
        }
        return found;
    }

    private void moved(long region, int before) {
        regionsWith[before]--;
        regionsWith[Integer.bitCount(in(region))]++;
        publishLeast();
    }

    private void recount() {
        Arrays.fill(regionsWith, 0);
        long staleRegions = 0;
        for (long region = nextStaleOfAny(0); region >= 0; region = nextStaleOfAny(region + 1)) {
            regionsWith[Integer.bitCount(in(region))]++;
            staleRegions++;
        }
        regionsWith[Integer.bitCount(answering)] += regions.count() - staleRegions;
        publishLeast();
    }

    private long nextStaleOfAny(long from) {
        long next = -1;
        for (RegionSet set : stale) {
            long found = set.next(from);
            next = found >= 0 && (next < 0 || found < next) ? found : next;
        }
        return next;
    }
}
