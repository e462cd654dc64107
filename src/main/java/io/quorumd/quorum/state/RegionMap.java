package io.quorumd.quorum.state;

import org.jspecify.annotations.Nullable;

/**
 * A set of regions, a bit for each, in memory only. Ranges are {@code [from, to)}.
 *
 * <p>Pages without any bit take no memory: a healthy volume's maps cost next to nothing, a full one 128 KiB per 2^20
 * regions (1 TiB at 1 MiB). Belongs to one thread.
 */
public final class RegionMap {

    static final int PAGE_WORDS = 508;
    static final int PAGE_REGIONS = PAGE_WORDS * Long.SIZE;

    private final int regions;
    private final long[] @Nullable [] pages;
    private final int[] pageCounts;
    private int count;

    public RegionMap(int regions) {
        if (regions < 0) {
            throw new IllegalArgumentException("regions: " + regions);
        }
        this.regions = regions;
        this.pages = new long[pagesFor(regions)][];
        this.pageCounts = new int[pages.length];
    }

    static int pagesFor(int regions) {
        return (int) (((long) regions + PAGE_REGIONS - 1) / PAGE_REGIONS);
    }

    /** How many regions there are. */
    public int regions() {
        return regions;
    }

    /** How many are in the set. */
    public int count() {
        return count;
    }

    /** How many of {@code [from, to)} are in the set. */
    public int count(int from, int to) {
        int found = 0;
        for (int region = nextSet(from, to); region < to; ) {
            int end = Math.min(to, (region | Long.SIZE - 1) + 1);
            long[] page = pages[region / PAGE_REGIONS];
            long bits = page == null ? 0 : page[region % PAGE_REGIONS >>> 6] & (-1L << region) & (-1L >>> -end);
            found += Long.bitCount(bits);
            region = end == to ? to : nextSet(end, to);
        }
        return found;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    public boolean contains(int region) {
        check(region, region + 1);
        long[] page = pages[region / PAGE_REGIONS];
        int bit = region % PAGE_REGIONS;
        return page != null && (page[bit >>> 6] & (1L << bit)) != 0;
    }

    public boolean containsAll(int from, int to) {
        return nextClear(from, to) == to;
    }

    public boolean containsAny(int from, int to) {
        return count != 0 && nextSet(from, to) != to;
    }

    /** The first region in {@code [from, to)} that is in the set, or {@code to}. */
    public int nextSet(int from, int to) {
        return next(from, to, 0);
    }

    /** The first region in {@code [from, to)} that is not in the set, or {@code to}. */
    public int nextClear(int from, int to) {
        return next(from, to, -1L);
    }

    public void add(int from, int to) {
        check(from, to);
        for (int region = from; region < to; ) {
            int page = region / PAGE_REGIONS;
            int end = Math.min(to, (page + 1) * PAGE_REGIONS);
            long[] words = pages[page];
            if (words == null) {
                words = new long[PAGE_WORDS];
                pages[page] = words;
            }
            change(page, words, region % PAGE_REGIONS, end - page * PAGE_REGIONS, true);
            region = end;
        }
    }

    public void remove(int from, int to) {
        check(from, to);
        for (int region = from; region < to; ) {
            int page = region / PAGE_REGIONS;
            int end = Math.min(to, (page + 1) * PAGE_REGIONS);
            long[] words = pages[page];
            if (words != null) {
                change(page, words, region % PAGE_REGIONS, end - page * PAGE_REGIONS, false);
                if (pageCounts[page] == 0) {
                    pages[page] = null;
                }
            }
            region = end;
        }
    }

    public void addAll(RegionMap other) {
        for (int from = other.nextSet(0, regions); from < regions; ) {
            int to = other.nextClear(from, regions);
            add(from, to);
            from = other.nextSet(to, regions);
        }
    }

    /** A copy that lacks what {@code other} has. */
    RegionMap without(RegionMap other) {
        RegionMap left = new RegionMap(regions);
        left.addAll(this);
        for (int from = other.nextSet(0, regions); from < regions; ) {
            int to = other.nextClear(from, regions);
            left.remove(from, to);
            from = other.nextSet(to, regions);
        }
        return left;
    }

    public void clear() {
        remove(0, regions);
    }

    /** The words of a page, null when it has no bit; only to be read. */
    long @Nullable [] page(int page) {
        return pages[page];
    }

    private void change(int page, long[] words, int from, int to, boolean set) {
        int changed = 0;
        for (int bit = from; bit < to; ) {
            int word = bit >>> 6;
            int end = Math.min(to, (word + 1) << 6);
            long mask = (-1L << bit) & (-1L >>> -end);
            long before = words[word];
            words[word] = set ? (before | mask) : (before & ~mask);
            changed += Long.bitCount(words[word]) - Long.bitCount(before);
            bit = end;
        }
        pageCounts[page] += changed;
        count += changed;
    }

    /** @param skip the word that is of no interest: 0 when looking for a bit, -1 when looking for a gap */
    private int next(int from, int to, long skip) {
        check(from, to);
        int region = from;
        while (region < to) {
            int page = region / PAGE_REGIONS;
            long[] words = pages[page];
            if (words == null && skip == 0) {
                region = (page + 1) * PAGE_REGIONS;
                continue;
            }
            int bit = region % PAGE_REGIONS;
            long word = ((words == null ? 0 : words[bit >>> 6]) ^ skip) & (-1L << bit);
            if (word != 0) {
                return Math.min(to, page * PAGE_REGIONS + (bit & ~63) + Long.numberOfTrailingZeros(word));
            }
            region = page * PAGE_REGIONS + (bit & ~63) + Long.SIZE;
        }
        return to;
    }

    private void check(int from, int to) {
        if (from < 0 || to > regions || from > to) {
            throw new IndexOutOfBoundsException("regions [" + from + ", " + to + ") of " + regions);
        }
    }
}
