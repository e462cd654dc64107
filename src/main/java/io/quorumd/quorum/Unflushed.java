package io.quorumd.quorum;

import io.quorumd.quorum.state.RegionMap;

/**
 * Regions written since the last flush that the children did well. One set for all children: who fails a flush becomes
 * stale in them, or, where too few others are left for that, doubtful: a failed fsync drops what was to be written and
 * the next one succeeds, so a doubtful region counts as flushed only after it was written again.
 */
final class Unflushed {

    private final RegionMap written;
    private final RegionMap flushing;
    private final RegionMap[] doubtful;
    private final RegionMap inherited;
    private int doubted;

    /** @param before regions that a process before this one may have written and not flushed */
    Unflushed(RegionMap before, int children) {
        int regions = before.regions();
        this.inherited = new RegionMap(regions);
        this.written = new RegionMap(regions);
        this.flushing = new RegionMap(regions);
        this.doubtful = new RegionMap[children];
        for (int i = 0; i < children; i++) {
            doubtful[i] = new RegionMap(regions);
        }
        written.addAll(before);
        inherited.addAll(before);
    }

    /** Whether a flush may have failed there, for any child, that a process before this one could not make known. */
    boolean isInherited(int region) {
        return inherited.contains(region);
    }

    void written(int from, int to) {
        if (!written.containsAll(from, to)) {
            written.add(from, to);
        }
    }

    boolean contains(int region) {
        return written.contains(region) || flushing.contains(region);
    }

    boolean isEmpty() {
        return written.isEmpty() && flushing.isEmpty();
    }

    /** The first region from {@code from} on whose writes may not be on stable storage, or {@code end}. */
    int next(int from, int end) {
        return Math.min(written.nextSet(from, end), flushing.nextSet(from, end));
    }

    /** The same for one child, which may be in doubt about earlier ones. */
    int next(int child, int from, int end) {
        return Math.min(next(from, end), doubtful[child].nextSet(from, end));
    }

    /** A flush begins: what is written from now on is for the next one. Returns what this one is about. */
    RegionMap beginFlush() {
        flushing.addAll(written);
        written.clear();
        return flushing;
    }

    void flushed() {
        flushing.clear();
    }

    void doubt(int child, int region) {
        doubtful[child].add(region, region + 1);
        doubted |= 1 << child;
    }

    /** Children whose copy of a region is doubtful. */
    int doubtersOf(int region) {
        int children = 0;
        for (int left = doubted; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            children |= doubtful[child].contains(region) ? 1 << child : 0;
        }
        return children;
    }

    /** The first doubtful region, or {@code end}. */
    int firstDoubtful(int end) {
        int first = end;
        for (int left = doubted; left != 0; left &= left - 1) {
            first = Math.min(first, doubtful[Integer.numberOfTrailingZeros(left)].nextSet(0, end));
        }
        return first;
    }

    void believe(int region) {
        inherited.remove(region, region + 1);
        for (int left = doubted; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            doubtful[child].remove(region, region + 1);
            doubted &= doubtful[child].isEmpty() ? ~(1 << child) : -1;
        }
    }
}
