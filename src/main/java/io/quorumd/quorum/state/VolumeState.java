package io.quorumd.quorum.state;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of one running volume. All methods are called on its strand, and completions run there; what is read only
 * ({@link #identity}, {@link #generation}, {@link #size}, {@link #blockSize}, {@link #regionSize}, {@link #verdicts}, {@link #notes}) may be
 * called from anywhere.
 */
public final class VolumeState {

    private final StateOpening opened;
    private final List<ChildVerdict> verdicts;
    private final IntentMap intent;
    private final StaleMaps stale;
    private final Map<String, DurableMap> doubtful;
    private final Map<String, DurableMap> unwritten;
    private final ReservationStore reservations;
    private final DivergenceJournal journal;
    private final RecordFile record;
    private final Membership membership;

    VolumeState(
            StateOpening opened,
            List<StartPlan.Member> members,
            IntentMap intent,
            StaleMaps stale,
            Map<String, DurableMap> doubtful,
            Map<String, DurableMap> unwritten,
            ReservationStore reservations,
            DivergenceJournal journal) {
        this.opened = opened;
        this.verdicts = members.stream().map(StartPlan.Member::verdict).toList();
        this.intent = intent;
        this.stale = stale;
        this.doubtful = doubtful;
        this.unwritten = unwritten;
        this.reservations = reservations;
        this.journal = journal;
        this.record =
                new RecordFile(opened.storage(), opened.folder(), opened.record(), opened.strand(), opened.worker());
        this.membership = new Membership(record, stale, members, opened.strand(), opened.worker());
    }

    public VolumeIdentity identity() {
        return opened.record().identity();
    }

    /** Grows from each start of the volume to the next; what this start has. */
    public long generation() {
        return opened.record().generation();
    }

    /** Length of the volume and, unless it is being grown, of every child, in bytes. */
    public long size() {
        return opened.record().size();
    }

    /** Whether a child of this length can be a member: as long as the volume, or longer while that is being grown. */
    public boolean admits(long length) {
        return opened.record().admits(length);
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
        return record.current().known();
    }

    /** One full comparison has ended; reads may trust the stale maps again once this completes. */
    public void markKnown(Completion done) {
        record.change(before -> before.withKnown(true), done);
    }

    /** Regions that are being written or are unsettled. */
    public IntentMap intent() {
        return intent;
    }

    /** Regions that children missed. One belongs in there durably before anybody relies on it being there. */
    public StaleMaps stale() {
        return stale;
    }

    /**
     * The regions in which a child may have lost what it had acknowledged and not flushed, where it could not be made
     * stale because too few others are in sync. Such a region is unsettled too, and the child does not decide there as
     * long as another one can.
     */
    public DurableMap doubtful(String nodeName) {
        return ofChild(doubtful, nodeName);
    }

    /**
     * The regions of a child that a flush failed for: what it holds there may be in its cache for good, so that it is to
     * be written anew before a flush of it says anything.
     */
    public DurableMap unwritten(String nodeName) {
        return ofChild(unwritten, nodeName);
    }

    private static DurableMap ofChild(Map<String, DurableMap> maps, String nodeName) {
        DurableMap map = maps.get(nodeName);
        if (map == null) {
            throw new IllegalArgumentException("no child " + nodeName);
        }
        return map;
    }

    /** A child answers no longer; the others' sidecars say so from now on, should the state ever be lost. */
    public void childLeft(String nodeName) {
        membership.left(nodeName);
    }

    /**
     * A child answers again, or for the first time: says what it may do now. What was not flushed when it left is the
     * caller's to mark stale.
     *
     * @param done on the strand, once everything the verdict implies is durable: the stale map of a child that is
     *     {@link ChildVerdict.Standing#STALE} is full
     */
    public void childReturned(ChildFound found, Consumer<ChildVerdict> done) {
        membership.returned(found, done);
    }

    public ReservationStore reservations() {
        return reservations;
    }

    public DivergenceJournal journal() {
        return journal;
    }

    /**
     * Writes what is left and gives back the files; nothing may be called afterwards.
     *
     * @param clean every child that is not stale somewhere has been flushed and nothing is in flight: the next start may
     *     rely on it. It is only noted if all maps could be written
     */
    public void close(boolean clean, Completion done) {
        Deque<DurableMap> open = new ArrayDeque<>(stale.all());
        open.addAll(doubtful.values());
        open.addAll(unwritten.values());
        // The journal's own failure is logged there; it says nothing about the maps.
        journal.close(ignored -> intent.close(error -> stale.sync(unsynced ->
                closeNext(open, error == null ? unsynced : error, failed -> mapsClosed(clean, failed, done)))));
    }

    private void mapsClosed(boolean clean, @Nullable BlockError failed, Completion done) {
        if (clean && failed == null) {
            record.change(before -> before.withClean(true), done);
        } else {
            done.completed(failed);
        }
    }

    private void closeNext(Deque<DurableMap> open, @Nullable BlockError before, Completion done) {
        DurableMap next = open.poll();
        if (next == null) {
            done.completed(before);
        } else {
            next.close(error -> closeNext(open, before == null ? error : before, done));
        }
    }
}
