package io.quorumd.quorum.state;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one running volume. All methods are called on its strand, and completions run there; what is read only
 * ({@link #identity}, {@link #size}, {@link #blockSize}, {@link #regionSize}, {@link #verdicts}, {@link #notes}) may be
 * called from anywhere.
 */
public final class VolumeState {

    private final StateOpening opened;
    private final List<ChildVerdict> verdicts;
    private final IntentMap intent;
    private final Map<String, DurableMap> stale;
    private final ReservationStore reservations;
    private final SerialWriter recordWriter;
    private VolumeRecord record;

    VolumeState(
            StateOpening opened,
            List<ChildVerdict> verdicts,
            IntentMap intent,
            Map<String, DurableMap> stale,
            ReservationStore reservations) {
        this.opened = opened;
        this.record = opened.record();
        this.verdicts = List.copyOf(verdicts);
        this.intent = intent;
        this.stale = stale;
        this.reservations = reservations;
        this.recordWriter = new SerialWriter(recordPath(), opened.strand(), opened.worker());
    }

    public VolumeIdentity identity() {
        return opened.record().identity();
    }

    /** Length of the volume and of every child, in bytes. */
    public long size() {
        return opened.record().size();
    }

    /** Logical block size in bytes. */
    public int blockSize() {
        return opened.record().blockSize();
    }

    /** Bytes per region of the maps; the last region may be shorter. */
    public int regionSize() {
        return opened.record().regionSize();
    }

    /** How many regions the maps have. */
    public int regions() {
        return opened.record().regions();
    }

    /** What may be done with each configured child, in order, as of the start. */
    public List<ChildVerdict> verdicts() {
        return verdicts;
    }

    /** What a person should read in the log, one line each. */
    public List<String> notes() {
        return List.copyOf(opened.notes());
    }

    /** Whether the stop before this start was a clean one. If not, {@link IntentMap#unsettled} says what it left. */
    public boolean stoppedCleanly() {
        return opened.stoppedCleanly();
    }

    /** False while nothing is known about which child is right, so that every read is voted on (contract 6.9). */
    public boolean isKnown() {
        return record.known();
    }

    /** One full comparison has ended; reads may trust the stale maps again once this completes. */
    public void markKnown(Completion done) {
        record = record.withKnown(true);
        writeRecord(done);
    }

    /** Regions that are being written or are unsettled. */
    public IntentMap intent() {
        return intent;
    }

    /** The regions of a child that are stale. A region belongs in it durably before anybody relies on it being there. */
    public DurableMap stale(String nodeName) {
        DurableMap map = stale.get(nodeName);
        if (map == null) {
            throw new IllegalArgumentException("no child " + nodeName);
        }
        return map;
    }

    public ReservationStore reservations() {
        return reservations;
    }

    /**
     * Writes what is left and gives back the files; nothing may be called afterwards.
     *
     * @param clean every child that is not stale somewhere has been flushed and nothing is in flight: the next start may
     *     rely on it. It is only noted if all maps could be written
     */
    public void close(boolean clean, Completion done) {
        Deque<DurableMap> open = new ArrayDeque<>(stale.values());
        intent.close(error -> closeNext(open, error, failed -> {
            if (clean && failed == null) {
                record = record.withClean(true);
                writeRecord(done);
            } else {
                done.completed(failed);
            }
        }));
    }

    private void closeNext(Deque<DurableMap> open, @Nullable BlockError before, Completion done) {
        DurableMap next = open.poll();
        if (next == null) {
            done.completed(before);
        } else {
            next.close(error -> closeNext(open, before == null ? error : before, done));
        }
    }

    private void writeRecord(Completion done) {
        byte[] bytes = RecordFormat.encode(record);
        recordWriter.submit(() -> opened.storage().replace(VolumeStart.recordFile(opened.folder()), bytes), done);
    }

    private String recordPath() {
        return opened.storage().describe(VolumeStart.recordFile(opened.folder()));
    }
}
