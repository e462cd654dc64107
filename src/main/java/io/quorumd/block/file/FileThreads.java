package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.util.concurrent.Executor;

/**
 * What the files of one strand share: the strand, threads that may block, the threads of their buffered writes, and the one
 * that helps with their large transfers.
 */
public final class FileThreads {

    final Strand strand;
    final Executor executor;
    final BufferedWriter writer;
    final LargeTransfers transfers;

    /** @param executor runs each task on a thread of its own that may block, see {@link IoThreads}; outlives the files */
    public FileThreads(Strand strand, Executor executor) {
        this.strand = strand;
        this.executor = executor;
        this.writer = new BufferedWriter(strand, executor);
        this.transfers = new LargeTransfers(strand, executor);
    }

    /** For work of the same kind: it may wait for a disk. */
    public Executor executor() {
        return executor;
    }
}
