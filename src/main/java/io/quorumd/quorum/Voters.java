package io.quorumd.quorum;

import io.quorumd.block.Completion;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which children have a vote where: those that answer and are not stale there. Also keeps the margin, region by region as
 * that changes. Children are bits of an int, ranges of regions {@code [from, to)}.
 */
final class Voters {

    private final Regions regions;
    private final Bookkeeping book;
    private final int children;
    /** How many regions have 0, 1, 2 … children in sync and answering. */
    private final long[] regionsWith;

    private int answering;
    /** Children with any stale region. */
    private int stained;

    // For other threads to read.
    private volatile int leastInSync;
    private final AtomicLongArray staleCounts;

    Voters(Regions regions, Bookkeeping book, int children) {
        this.regions = regions;
        this.book = book;
        this.children = children;
        this.staleCounts = new AtomicLongArray(children);
        this.regionsWith = new long[children + 1];
        recount();
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
        for (int region = regions.at(offset); region < regions.end(offset, length); region++) {
            voters |= in(region);
        }
        return voters;
    }

    /** Children with a vote in a region. */
    int in(int region) {
        return answering & ~staleIn(region);
    }

    /** Children, answering or not, that are stale in a region. */
    int staleIn(int region) {
        int stale = 0;
        for (int left = stained; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            stale |= book.stale(child).contains(region) ? 1 << child : 0;
        }
        return stale;
    }

    /** Whether in every region of the range at least {@code needed} of {@code these} are in sync. */
    boolean haveAtLeast(int needed, int these, long offset, long length) {
        if ((these & stained) == 0) {
            return Integer.bitCount(these) >= needed;
        }
        for (int region = regions.at(offset); region < regions.end(offset, length); region++) {
            if (Integer.bitCount(these & ~staleIn(region)) < needed) {
                return false;
            }
        }
        return true;
    }

    /** They have no vote there from now on; durably when it completes. */
    void addStale(int child, int from, int to, Completion done) {
        count(from, to, -1);
        stained |= 1 << child;
        book.addStale(child, from, to, done);
        count(from, to, 1);
        publish();
    }

    void removeStale(int child, int from, int to) {
        putInSync(child, from, to);
        publish();
    }

    /** They have a vote there from now on; nobody is told before {@link #publish}, since a crash may bring it back. */
    void putInSync(int child, int from, int to) {
        count(from, to, -1);
        book.removeStale(child, from, to);
        if (book.stale(child).isEmpty()) {
            stained &= ~(1 << child);
        }
        count(from, to, 1);
    }

    /** Any thread. */
    long staleRegions(int child) {
        return staleCounts.get(child);
    }

    /** Section 8: the minimum over all regions of (children in sync there and answering), less the threshold. */
    int margin(int threshold) {
        return leastInSync - threshold;
    }

    /** The margin if {@code child} did not answer; only asked, so that nobody reads meanwhile that it has gone. */
    int marginWithout(int child, int threshold) {
        int others = answering & ~(1 << child);
        int least = Integer.bitCount(others);
        for (int region = nextStale(0); region < regions.count(); region = nextStale(region + 1)) {
            least = Math.min(least, Integer.bitCount(others & ~staleIn(region)));
        }
        return least - threshold;
    }

    /** After the maps were changed by others. */
    void recount() {
        stained = 0;
        for (int child = 0; child < children; child++) {
            stained |= book.stale(child).isEmpty() ? 0 : 1 << child;
        }
        Arrays.fill(regionsWith, 0);
        int staleRegions = 0;
        for (int region = nextStale(0); region < regions.count(); region = nextStale(region + 1)) {
            regionsWith[Integer.bitCount(in(region))]++;
            staleRegions++;
        }
        regionsWith[Integer.bitCount(answering)] += regions.count() - staleRegions;
        publish();
    }

    private int staleSomewhere(int candidates, long offset, long length) {
        int from = regions.at(offset);
        int to = regions.end(offset, length);
        int found = 0;
        for (int left = candidates; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            found |= book.stale(child).containsAny(from, to) ? 1 << child : 0;
        }
        return found;
    }

    private void count(int from, int to, int change) {
        for (int region = from; region < to; region++) {
            regionsWith[Integer.bitCount(in(region))] += change;
        }
    }

    /** Tells other threads the margin, and who is stale in how many regions. */
    void publish() {
        for (int child = 0; child < children; child++) {
            staleCounts.setOpaque(child, book.stale(child).count());
        }
        int least = 0;
        while (least < regionsWith.length - 1 && regionsWith[least] == 0) {
            least++;
        }
        leastInSync = least;
    }

    /** The first region from {@code from} on in which some child is stale, or the end. */
    int nextStale(int from) {
        int end = regions.count();
        int next = end;
        for (int left = stained; left != 0 && from < end; left &= left - 1) {
            next = Math.min(
                    next, book.stale(Integer.numberOfTrailingZeros(left)).nextSet(from, end));
        }
        return next;
    }
}
