package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.Strand;
import io.quorumd.quorum.state.RegionMap;
import java.time.InstantSource;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What all operations of one quorum device share. Belongs to its strand. */
final class Quorum implements Child.Watcher {

    /** Repairs that may run behind reads already answered; beyond it the read waits for its repair. */
    static final int MAX_INQUESTS_BEHIND = 32;

    final String name;
    final QuorumOptions options;
    final QuorumTimes times;
    final Child[] children;
    final Strand strand;
    final ByteBufAllocator allocator;
    final Reporter reporter;
    /** For the journal only. */
    final InstantSource clock = InstantSource.system();

    final Regions regions;
    final Bookkeeping book;
    final Voters voters;
    final Unflushed unflushed;
    final RangeQueue ranges = new RangeQueue();
    /** The vote unit in bytes. */
    final int block;

    final Resync resync;
    final Comparison comparison;
    final Timeouts commandTimeouts;
    private final @Nullable Reopening[] reopenings;
    private final @Nullable Suspension[] suspensions;
    private final ArrayDeque<Command> idleCommands = new ArrayDeque<>();
    private long foreground;
    private boolean closed;
    private final ArrayDeque<ReadOp> idleReads = new ArrayDeque<>();
    private final ArrayDeque<WriteOp> idleWrites = new ArrayDeque<>();
    private int inquestsBehind;
    private volatile @Nullable String offline;

    Quorum(
            String name,
            QuorumOptions options,
            Child[] children,
            Strand strand,
            ByteBufAllocator allocator,
            Reporter reporter,
            Regions regions,
            int block,
            Bookkeeping book) {
        this.name = name;
        this.options = options;
        this.times = QuorumTimes.of(options.childTimeout());
        this.children = children;
        this.strand = strand;
        this.allocator = allocator;
        this.reporter = reporter;
        this.regions = regions;
        this.block = block;
        this.book = book;
        this.voters = new Voters(regions, book, children.length);
        this.resync = new Resync(this);
        this.comparison = new Comparison(this);
        this.commandTimeouts = new Timeouts(strand, times.commandNanos());
        this.suspensions = new Suspension[children.length];
        this.reopenings = new Reopening[children.length];
        this.unflushed = new Unflushed(regions.count(), children.length);
        recallDoubts();
    }

    /** What a flush failed for before this start is written anew now. */
    private void recallDoubts() {
        int end = regions.count();
        for (int child = 0; child < children.length; child++) {
            RegionMap doubted = book.unwritten(child);
            for (int region = doubted.nextSet(0, end); region < end; region = doubted.nextSet(region + 1, end)) {
                unflushed.doubt(child, region);
                // It has been, but for one that was settled just before an interruption.
                book.unsettle(region, region + 1, this::reportIfNotRecorded);
            }
        }
    }

    int threshold() {
        return options.voteThreshold();
    }

    /** Children with a vote in the whole range whose answer is not in doubt because of a request left behind. */
    int votersEverywhere(long offset, long length) {
        return withoutBusy(voters.everywhere(offset, length), offset, length);
    }

    /** Children that are asked and on which nothing old is under way in the range. */
    int writable(long offset, long length) {
        return withoutBusy(voters.answering(), offset, length);
    }

    /** Children with a vote somewhere in the range, likewise. */
    int votersSomewhere(long offset, long length) {
        return withoutBusy(voters.somewhere(offset, length), offset, length);
    }

    /** Every child, asked or not. */
    int everybody() {
        return (int) ((1L << children.length) - 1);
    }

    long blockFloor(long offset) {
        return offset & -(long) block;
    }

    /** Never beyond the end, where a last block may be cut short. */
    long blockCeiling(long offset) {
        return Math.min(blockFloor(offset + block - 1), regions.size());
    }

    /** These children have no vote any more in the regions {@code [from, to)}; durably when it completes. */
    void markStale(int which, int from, int to, Completion done) {
        for (int left = which; left != 0; left &= left - 1) {
            children[Integer.numberOfTrailingZeros(left)].stragglers.missed(from, to);
        }
        recordStale(which, from, to, done);
    }

    /** Likewise, because of a write that is acknowledged without them and has not ended. */
    void markStraggling(int which, int from, int to, Completion done) {
        for (int left = which; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            for (int region = from; region < to; region++) {
                children[child].stragglers.left(region, (voters.staleIn(region) & 1 << child) != 0);
            }
        }
        recordStale(which, from, to, done);
    }

    /** A write that was acknowledged without this child has ended. */
    void straggled(Child child, int from, int to, boolean well) {
        for (int region = from; region < to; region++) {
            boolean complete = child.stragglers.ended(region, well);
            // Its copy is not flushed, so it must be part of the next flush, and after a power loss of a settlement.
            if (complete && book.hasIntent(region, region + 1)) {
                unflushed.written(region, region + 1);
                voters.removeStale(child.index, region, region + 1);
            }
        }
    }

    /** A flush succeeded: a copy that was no part of it counts again only after a resync, which flushes. */
    void flushed() {
        unflushed.flushed();
        for (Child child : children) {
            child.stragglers.flushed();
        }
    }

    private void recordStale(int which, int from, int to, Completion done) {
        resync.missed(which, from, to);
        Gather gather = new Gather(done);
        for (int left = which; left != 0; left &= left - 1) {
            voters.addStale(Integer.numberOfTrailingZeros(left), from, to, gather.one());
        }
        gather.allGiven();
    }

    /** A repair failed, while T others hold what is right. */
    void notRepaired(Child child, long offset, long length) {
        markStale(child.bit(), regions.at(offset), regions.end(offset, length), this::reportIfNotRecorded);
    }

    /** Children may differ there; the regions have intent, so that this is durable already. */
    void unsettle(int from, int to) {
        // A child that is being brought in sync may keep what the settlement will decide against.
        resync.missed(everybody(), from, to);
        book.unsettle(from, to, this::reportIfNotRecorded);
    }

    void reportIfNotRecorded(@Nullable BlockError error) {
        if (error != null) {
            reporter.notRecorded(error);
        }
    }

    void wroteUnflushed(long offset, long length) {
        unflushed.written(regions.at(offset), regions.end(offset, length));
    }

    /** Whether children may differ somewhere in the range, so that it must be settled before it is read. */
    boolean isUnsettled(long offset, long length) {
        return !book.unsettled().isEmpty()
                && book.unsettled().containsAny(regions.at(offset), regions.end(offset, length));
    }

    /** Children that may have lost acknowledged data in a region, and so do not decide there while others can. */
    int losersOf(int region) {
        int losers = 0;
        for (Child child : children) {
            losers |= book.lost(child.index).contains(region) ? child.bit() : 0;
        }
        return losers;
    }

    /** A region has been settled and flushed: nobody is in doubt there any more. */
    void believe(int region) {
        unflushed.believe(region);
        for (Child child : children) {
            book.removeLost(child.index, region, region + 1);
            book.removeUnwritten(child.index, region, region + 1);
        }
    }

    /** A flush of a child failed, or may have: what it was to write is written anew before another is believed. */
    void doubt(int child, int region) {
        unflushed.doubt(child, region);
        book.addUnwritten(child, region, region + 1, this::reportIfNotRecorded);
    }

    /** Settles a region; the caller holds nothing of it. */
    void settle(int region, Completion done) {
        new Settlement(this, region, done).start();
    }

    /** Settles all of a range, region by region; the caller holds nothing of it. */
    void settle(long offset, long length, Completion done) {
        int end = regions.end(offset, length);
        int next = book.unsettled().nextSet(regions.at(offset), end);
        if (next == end) {
            done.completed(null);
            return;
        }
        settle(next, error -> {
            if (error == null) {
                settle(offset, length, done);
            } else {
                done.completed(error);
            }
        });
    }

    /**
     * A child may have lost what it had not flushed: it is stale there, or, where too few others are in sync for that,
     * what is right is to be decided anew.
     */
    private void distrustUnflushed(Child child, boolean lost) {
        int end = regions.count();
        for (int region = unflushed.next(child.index, 0, end);
                region < end;
                region = unflushed.next(child.index, region + 1, end)) {
            int others = everybody() & ~child.bit() & ~voters.staleIn(region);
            if (Integer.bitCount(others) >= threshold()) {
                markStale(child.bit(), region, region + 1, this::reportIfNotRecorded);
            } else {
                resync.missed(child.bit(), region, region + 1);
                doubt(child.index, region);
                if (lost) {
                    book.addLost(child.index, region, region + 1, this::reportIfNotRecorded);
                }
                unsettle(region, region + 1);
            }
        }
    }

    private int withoutBusy(int candidates, long offset, long length) {
        int free = candidates;
        for (int left = candidates; left != 0; left &= left - 1) {
            Child child = children[Integer.numberOfTrailingZeros(left)];
            if (child.hasLeftBehind() && child.isBusy(offset, length)) {
                free &= ~child.bit();
            }
        }
        return free;
    }

    /** While nothing is known about the children every read is voted on. */
    boolean isFifo() {
        return options.readPattern() == QuorumOptions.ReadPattern.FIFO && book.isKnown();
    }

    /** Reads a range of whole blocks that the caller holds exclusively. */
    void readHeld(long offset, int length, ReadCompletion done) {
        if (isFifo()) {
            new FifoRead(this, offset, length, true, done).start();
        } else {
            readOp().start(offset, length, true, done);
        }
    }

    Command command() {
        Command command = idleCommands.pollFirst();
        return command != null ? command : new Command(this);
    }

    void recycle(Command command) {
        idleCommands.addFirst(command);
    }

    ReadOp readOp() {
        ReadOp op = idleReads.pollFirst();
        return op != null ? op : new ReadOp(this);
    }

    void recycle(ReadOp op) {
        idleReads.addFirst(op);
    }

    WriteOp writeOp() {
        WriteOp op = idleWrites.pollFirst();
        return op != null ? op : new WriteOp(this);
    }

    void recycle(WriteOp op) {
        idleWrites.addFirst(op);
    }

    /** blkverify found a difference. */
    void mismatch(long offset, long length, long differingByte) {
        boolean exit = options.onMismatch() == QuorumOptions.OnMismatch.EXIT;
        reporter.mismatch(offset, length, differingByte, exit);
        offline = "offline since its two children were found to differ at byte " + differingByte;
    }

    boolean mayInquireBehind() {
        return inquestsBehind < MAX_INQUESTS_BEHIND;
    }

    void inquestBehind(int change) {
        inquestsBehind += change;
    }

    @Nullable
    String offline() {
        return offline;
    }

    void online() {
        offline = null;
    }

    @Nullable
    BlockError refusal() {
        String reason = offline;
        return reason == null ? null : BlockError.of(Errno.EIO, reason);
    }

    /** A child that has opened is asked from now on. */
    void admit(Child child, BlockDevice device) {
        child.opened(device);
        voters.setAnswering(child.index, true);
    }

    /** One comes back while the others are at work. */
    void join(Child child, BlockDevice device) {
        admit(child, device);
        resync.poke();
    }

    /** A child that cannot go on is closed and asked nothing more until it has been opened again. */
    void fault(Child child, String reason) {
        BlockDevice device = child.faulted(reason);
        voters.setAnswering(child.index, false);
        if (device != null) {
            resync.missed(child.bit(), 0, regions.count());
            distrustUnflushed(child, true);
            book.childLeft(child.index);
            closeQuietly(child, device);
        }
        reopen(child);
    }

    /** Whether there would be a quorum everywhere without it. */
    boolean canDoWithout(Child child) {
        return voters.marginWithout(child.index, threshold()) >= 0;
    }

    /** A child is asked nothing for a while; its device stays open. */
    void suspend(Child child, String reason) {
        voters.setAnswering(child.index, false);
        resync.missed(child.bit(), 0, regions.count());
        child.suspended(reason);
    }

    void resume(Child child) {
        child.resumed();
        voters.setAnswering(child.index, true);
        resync.poke();
    }

    Suspension suspension(Child child) {
        Suspension suspension = suspensions[child.index];
        if (suspension == null) {
            suspension = new Suspension(this, child);
            suspensions[child.index] = suspension;
        }
        return suspension;
    }

    @Override
    public void failed(Child child, BlockError error) {
        suspension(child).failed(error);
    }

    /** Keeps trying to open a child that is faulted. */
    void reopen(Child child) {
        Reopening reopening = reopenings[child.index];
        if (reopening == null) {
            reopening = new Reopening(this, child);
            reopenings[child.index] = reopening;
        }
        reopening.plan();
    }

    void closeQuietly(Child child, BlockDevice device) {
        device.close(error -> {
            if (error != null) {
                reporter.closeFailed(child, error);
            }
        });
    }

    /** Nothing new is begun by the device itself. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** Counts requests, so that background work sees when there are any. */
    void countForeground() {
        foreground++;
    }

    long foreground() {
        return foreground;
    }

    void closeChildren(Completion done) {
        @Nullable BlockDevice[] devices = new BlockDevice[children.length];
        for (Child child : children) {
            devices[child.index] = child.closed();
            voters.setAnswering(child.index, false);
        }
        new Closing(devices).start(done);
    }

    @Override
    public void changed(Child child, ChildState from, ChildState to, String reason) {
        reporter.childChanged(child, from, to, reason);
    }

    /**
     * A flush that was about one region failed, or any failed late: the child may have dropped whatever it had not
     * flushed, and its next flush would not say so.
     */
    void flushFailed(Child child) {
        distrustUnflushed(child, false);
    }

    @Override
    public void lost(Child child, String reason) {
        fault(child, reason);
    }

    /** Any thread. */
    QuorumStatus status() {
        return Standing.of(this);
    }

    static void release(@Nullable ByteBuf buffer) {
        if (buffer != null) {
            buffer.release();
        }
    }
}
