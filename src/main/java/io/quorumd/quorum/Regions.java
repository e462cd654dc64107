package io.quorumd.quorum;

/** How a device is cut into regions, the unit of the stale and intent maps. */
record Regions(long size, int regionSize) {

    /** The region that the byte at {@code offset} lies in. */
    long at(long offset) {
        return offset >>> Integer.numberOfTrailingZeros(regionSize);
    }

    /** The region that the last byte of a range lies in. */
    long last(long offset, long length) {
        return at(offset + Math.max(1, length) - 1);
    }

    long count() {
        return (size + regionSize - 1) / regionSize;
    }

    long offset(long region) {
        return region * regionSize;
    }

    /** Bytes in a region: fewer in the last one. */
    int length(long region) {
        return (int) Math.min(regionSize, size - offset(region));
    }
}
