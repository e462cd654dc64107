package io.quorumd.block.file;

/**
 * Transfers on the strand, as far as they do not wait for a disk: all of them on tmpfs, elsewhere reads of what RWF_NOWAIT
 * finds in the page cache. Never writes: one to a file system that is frozen (for a snapshot) waits, RWF_NOWAIT or not.
 */
final class InlineTransfer {

    static final long CHECK_NANOS = 100_000_000;

    private final OpenFile file;
    private final CallFrame frame = new CallFrame();
    private boolean triesReads;
    private long checked;

    /** @param now of the strand */
    InlineTransfer(OpenFile file, long now) {
        this.file = file;
        this.checked = now;
        this.triesReads = !file.direct;
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
        if (n == -LibC.EOPNOTSUPP || n == -LibC.EINVAL) {
            triesReads = false;
        }
        job.progress = Math.max(n, 0);
        return n == job.length;
    }

    /** Writes to memory; false elsewhere. */
    boolean write(Job job) {
        if (!file.facts.inMemory()) {
            return false;
        }
        job.perform(frame, file);
        return true;
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
