package io.quorumd.quorum;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A set of regions: one bit each, in pages that exist only where something was ever in the set. Pure. */
final class RegionSet {

    /** Regions per page: 4 KiB of bits. */
    private static final int PAGE_SHIFT = 15;

    private static final int PAGE_WORDS = 1 << (PAGE_SHIFT - 6);

    private final long[] @Nullable [] pages;
    private final long regions;
    private long count;

    RegionSet(long regions) {
        this.regions = regions;
        this.pages = new long[(int) ((regions >>> PAGE_SHIFT) + 1)][];
    }

    boolean contains(long region) {
        if (count == 0) {
            return false;
        }
        long[] page = pages[(int) (region >>> PAGE_SHIFT)];
        return page != null && (page[word(region)] & (1L << region)) != 0;
    }

    boolean containsAny(long first, long last) {
        long next = count == 0 ? -1 : next(first);
        return next >= 0 && next <= last;
    }

    boolean containsAll(long first, long last) {
        for (long region = first; region <= last; region++) {
            if (!contains(region)) {
                return false;
            }
        }
        return true;
    }

    /** @return whether it was not in the set yet */
    boolean add(long region) {
        int at = (int) (region >>> PAGE_SHIFT);
        long[] page = pages[at];
        if (page == null) {
            page = new long[PAGE_WORDS];
            pages[at] = page;
        }
        long bit = 1L << region;
        if ((page[word(region)] & bit) != 0) {
            return false;
        }
        page[word(region)] |= bit;
        count++;
        return true;
    }

    /** @return whether it was in the set */
    boolean remove(long region) {
        long[] page = pages[(int) (region >>> PAGE_SHIFT)];
        long bit = 1L << region;
        if (page == null || (page[word(region)] & bit) == 0) {
            return false;
        }
        page[word(region)] &= ~bit;
        count--;
        return true;
    }

    void clear() {
        if (count == 0) {
            return;
        }
        for (long[] page : pages) {
            if (page != null) {
                Arrays.fill(page, 0);
            }
        }
        count = 0;
    }

    long count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The first region in the set from {@code from} on, or -1. */
    long next(long from) {
        for (long region = from; region < regions; ) {
            long[] page = pages[(int) (region >>> PAGE_SHIFT)];
            if (page == null) {
                region = ((region >>> PAGE_SHIFT) + 1) << PAGE_SHIFT;
                continue;
            }
            long word = page[word(region)] & (-1L << region);
            if (word != 0) {
                return (region & -64L) + Long.numberOfTrailingZeros(word);
            }
            region = (region & -64L) + 64;
        }
        return -1;
    }

    private static int word(long region) {
        return (int) (region >>> 6) & (PAGE_WORDS - 1);
    }
}
