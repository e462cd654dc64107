package io.quorumd.block.file;

/** Where a file holds data and where it has holes, which read as zeroes (lseek(2), SEEK_DATA and SEEK_HOLE). */
final class Extents {

    private Extents() {}

    /**
     * What begins at {@code offset}, and how far it reaches within {@code length}.
     *
     * @return bytes of data, or negated bytes of a hole. All of it is data where nobody can say: on block devices, and on
     *     file systems that cannot seek for holes
     */
    static long at(CallFrame frame, OpenFile file, long offset, long length) {
        if (file.facts.blockDevice()) {
            return length;
        }
        long data = LibC.lseek(frame, file.fd, offset, LibC.SEEK_DATA);
        if (data == -LibC.ENXIO) {
            // No data up to the end.
            return -length;
        }
        if (data > offset) {
            return -Math.min(length, data - offset);
        }
        long hole = data < 0 ? data : LibC.lseek(frame, file.fd, offset, LibC.SEEK_HOLE);
        return hole > offset ? Math.min(length, hole - offset) : length;
    }
}
