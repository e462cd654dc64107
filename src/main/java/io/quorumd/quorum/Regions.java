package io.quorumd.quorum;

/** How a device is cut into regions, the unit of the stale and intent maps. Ranges of regions are {@code [from, to)}. */
record Regions(long size, int regionSize) {

    /** The region that the byte at {@code offset} lies in. */
    int at(long offset) {
        return (int) (offset >>> Integer.numberOfTrailingZeros(regionSize));
    }

    /** One after the region that the last byte of a range lies in. */
    int end(long offset, long length) {
        return at(offset + Math.max(1, length) - 1) + 1;
    }

    int count() {
        return (int) ((size + regionSize - 1) / regionSize);
    }

    long offset(int region) {
        return (long) region * regionSize;
    }

    /** Bytes in a range of regions: the last one may be shorter. */
    long length(int from, int to) {
        return Math.min(offset(to), size) - offset(from);
    }
}
