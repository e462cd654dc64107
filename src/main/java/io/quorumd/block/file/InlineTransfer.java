package io.quorumd.block.file;

/**
 * Transfers as far as they do not wait for a disk: all of them on tmpfs, elsewhere reads of what RWF_NOWAIT finds in the page
 * cache. Never writes: one to a file system that is frozen (for a snapshot) waits, RWF_NOWAIT or not.
 */
final class InlineTransfer {

    static final long CHECK_NANOS = 100_000_000;

    /** As a job's result: the rest, or the error, is to be had by a thread that may wait only. */
    static final long WAITS = -1_000_002;

    private final OpenFile file;
    /** The strand's. */
    final CallFrame frame = new CallFrame();

    private volatile boolean triesReads;
    /** The strand's. */
    private long checked;

    /** @param now of the strand */
    InlineTransfer(OpenFile file, long now) {
        this.file = file;
        this.checked = now;
        this.triesReads = !file.direct;
    }

    /** Whether it is worth an attempt. */
    boolean serves(Job job) {
        return file.facts.inMemory() || (triesReads && job.kind == Job.Kind.READ);
    }

    /** Transfers what it can, on any thread, with a frame of its own. */
    void attempt(Job job, CallFrame callers) {
        if (file.facts.inMemory()) {
            job.perform(callers, file);
        } else {
            job.result = serves(job) && isCached(job, callers) ? 0 : WAITS;
        }
    }

    private boolean isCached(Job job, CallFrame callers) {
        long n = LibC.preadv2(callers, file.fd, job.address, job.length, job.offset, LibC.RWF_NOWAIT);
        if (n == -LibC.EOPNOTSUPP || n == -LibC.EINVAL) {
            triesReads = false;
        }
        job.progress = Math.max(n, 0);
        return n == job.length;
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
