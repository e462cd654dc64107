package io.quorumd.block.file;

/**
 * Transfers on the strand, as far as they do not wait for a disk: all of them on tmpfs, elsewhere what RWF_NOWAIT moves
 * to and from the page cache. A file system that does not know RWF_NOWAIT (ext4 for writes) is asked once.
 */
final class InlineTransfer {

    static final long CHECK_NANOS = 100_000_000;

    private final OpenFile file;
    private final CallFrame frame = new CallFrame();
    private boolean triesReads;
    private boolean triesWrites;
    private long checked;

    /** @param now of the strand */
    InlineTransfer(OpenFile file, long now) {
        this.file = file;
        this.checked = now;
        this.triesReads = !file.direct;
        this.triesWrites = !file.direct;
    }

    /** Reads what it can; false when the rest, or the error, is to be had by a worker only. */
    boolean read(Job job) {
        if (file.facts.inMemory()) {
            job.perform(frame, file);
            return true;
        }
        if (!triesReads) {
            return false;
        }
        long n = LibC.preadv2(frame, file.fd, job.address, job.length, job.offset, LibC.RWF_NOWAIT);
        if (isUnknown(n)) {
            triesReads = false;
        }
        job.progress = Math.max(n, 0);
        return n == job.length;
    }

    /** Writes what it can, like {@link #read}. */
    boolean write(Job job) {
        if (file.facts.inMemory()) {
            job.perform(frame, file);
            return true;
        }
        if (!triesWrites || job.fua) {
            return false;
        }
        long n = LibC.pwritev2(frame, file.fd, job.address, job.length, job.offset, LibC.RWF_NOWAIT);
        if (isUnknown(n)) {
            triesWrites = false;
        }
        job.progress = Math.max(n, 0);
        return n == job.length;
    }

    private static boolean isUnknown(long result) {
        return result == -LibC.EOPNOTSUPP || result == -LibC.EINVAL;
    }

    /** Whether it was cut or deleted, looked up now and then: a page cache goes on answering for a deleted file. */
    boolean isLost(long now) {
        if (now - checked >= CHECK_NANOS) {
            checked = now;
            return !checkLength();
        }
        return file.isShrunk();
    }

    boolean checkLength() {
        return file.checkLength(frame);
    }
}
