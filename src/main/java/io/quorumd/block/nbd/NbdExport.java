package io.quorumd.block.nbd;

/**
 * What a server said of the export in NBD_INFO_EXPORT and NBD_INFO_BLOCK_SIZE, and what was agreed upon.
 *
 * @param size bytes
 * @param flags transmission flags, NBD_FLAG_*
 * @param minimumBlock bytes; offsets and lengths of requests are multiples of it
 * @param preferredBlock bytes
 * @param maximumPayload bytes of one read or write
 * @param structured whether replies come as chunks
 * @param extended whether requests have the 64-bit header (NBD_OPT_EXTENDED_HEADERS)
 * @param allocation whether the server says where there are holes (metadata context base:allocation)
 */
record NbdExport(
        long size,
        int flags,
        int minimumBlock,
        int preferredBlock,
        int maximumPayload,
        boolean structured,
        boolean extended,
        boolean allocation) {

    static final int FLAG_READ_ONLY = 1 << 1;
    static final int FLAG_SEND_FLUSH = 1 << 2;
    static final int FLAG_SEND_FUA = 1 << 3;
    static final int FLAG_SEND_WRITE_ZEROES = 1 << 6;

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
