package io.quorumd.block.file;

import io.quorumd.block.Strand;
import java.time.Duration;
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

    /** Without a look for more to do; the rest as below. */
    public FileThreads(Strand strand, Executor executor) {
        this(strand, executor, Duration.ZERO);
    }

    /**
     * @param executor runs each task on a thread of its own that may block, see {@link IoThreads}; outlives the files
     * @param busyPoll how long a thread that writes or copies looks for more to do before it sleeps, at most, see {@link BriefLook}
     */
    public FileThreads(Strand strand, Executor executor, Duration busyPoll) {
        this.strand = strand;
        this.executor = executor;
        this.writer = new BufferedWriter(strand, executor, busyPoll);
        this.transfers = new LargeTransfers(strand, executor, busyPoll);
    }

    /** For work of the same kind: it may wait for a disk. */
    public Executor executor() {
        return executor;
    }
}
