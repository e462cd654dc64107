package io.quorumd.quorum.state;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.Strand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers, long afterwards, which copy was wrong and where (contract 5). Durable and bounded in size; what bursts faster
 * than it can be written is skipped, and the next entry says how much was. It never makes a vote wait and its failure
 * fails nothing.
 *
 * <p>{@link #append} and {@link #close} on the strand; {@link #newest} blocks and may be called from any thread.
 */
public final class DivergenceJournal {

    private static final Logger log = LoggerFactory.getLogger(DivergenceJournal.class);
    private static final int PENDING_MAX = 256;
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final JournalFiles files;
    private final Strand strand;
    private final SerialWriter writer;
    private List<JournalEntry> pending = new ArrayList<>();
    private long skipped;
    private boolean scheduled;

    DivergenceJournal(JournalFiles files, String description, Strand strand, Executor worker) {
        this.files = files;
        this.strand = strand;
        this.writer = new SerialWriter(description, strand, worker);
    }

    /** Notes a divergence; it is on stable storage within a second or so. */
    public void append(JournalEntry entry) {
        if (pending.size() >= PENDING_MAX) {
            skipped++;
            return;
        }
        pending.add(entry);
        if (!scheduled) {
            scheduled = true;
            strand.schedule(this::write, INTERVAL_NANOS);
        }
    }

    /**
     * Up to {@code limit} entries, the newest first.
     *
     * @throws IOException when the files cannot be read
     */
    public List<JournalEntry> newest(int limit) throws IOException {
        return files.newest(limit);
    }

    /** Writes what is pending and gives the file back. */
    void close(Completion done) {
        write();
        writer.submit(files::close, done);
    }

    private void write() {
        scheduled = false;
        if (pending.isEmpty()) {
            return;
        }
        List<JournalEntry> batch = pending;
        long skippedBefore = skipped;
        pending = new ArrayList<>();
        skipped = 0;
        writer.submit(() -> files.append(batch, skippedBefore), error -> written(batch.size() + skippedBefore, error));
    }

    private void written(long entries, @Nullable BlockError error) {
        if (error != null) {
            skipped += entries;
            log.warn("{} divergence journal entries are lost: {}", entries, error.message());
        }
    }
}
