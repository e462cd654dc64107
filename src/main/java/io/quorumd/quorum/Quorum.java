package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import io.quorumd.block.RangeQueue;
import io.quorumd.block.ReadCompletion;
import io.quorumd.block.Strand;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.InstantSource;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What all operations of one quorum device share. Belongs to its strand. */
final class Quorum {

    /** Repairs that may run behind reads already answered; beyond it the read waits for its repair. */
    static final int MAX_INQUESTS_BEHIND = 32;

    final String name;
    /** Replaced by {@link #vote} only. */
    volatile QuorumOptions options;

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
    final RangeQueue ranges = new RangeQueue();
    /** The vote unit in bytes. */
    final int block;

    final WriteGate gate;
    final WriteIntent intent;
    final SyncState sync;
    final Roster roster;
    final Resync resync;
    final Comparison comparison;
    final Timeouts commandTimeouts;
    /** How long a fifo read waits for one child alone. */
    final Timeouts fifoPatience;

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
        this.fifoPatience = new Timeouts(strand, times.patienceNanos(children.length));
        this.gate = new WriteGate(strand, times.gateNanos());
        this.intent = new WriteIntent(this);
        this.sync = new SyncState(this);
        this.roster = new Roster(this);
    }

    int threshold() {
        return options.voteThreshold();
    }

    /** The caller holds everything, so that every request goes by one set of options from its beginning to its end. */
    void vote(QuorumOptions changed) {
        options = changed;
        resync.poke();
    }

    /** Children with a vote in the whole range whose answer is not in doubt because of a request left behind. */
    int votersEverywhere(long offset, long length) {
        return withoutBusy(voters.everywhere(offset, length), offset, length);
    }

    /**
     * Whom to ask for a read: of the voters those without a long backlog, when they are enough for a vote that nobody could
     * overturn.
     */
    int readers(long offset, long length) {
        int voters = votersEverywhere(offset, length);
        int prompt = prompt(voters);
        boolean enough = Integer.bitCount(prompt) >= threshold()
                && !options.allowsAmbiguity()
                && options.readCompletion() == When.THRESHOLD;
        return enough ? prompt : voters;
    }

    /** Those of them without a long backlog: whoever holds a range until they have answered does not hold it for long. */
    int prompt(int candidates) {
        int prompt = candidates;
        for (Child child : children) {
            prompt &= child.backlog.isLong() ? ~child.bit() : ~0;
        }
        return prompt;
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
     * What a request fails with that fewer children than needed did well: the voted error, or EIO. But where children hold
     * the range that are not there just now it is EBUSY: they are being opened again, and who waits will be served.
     *
     * @param errors by child, or any, null where there is none
     */
    BlockError failure(@Nullable BlockError[] errors, int needed, long offset, long length, String why) {
        boolean away = !voters.haveAtLeast(needed, voters.answering(), offset, length)
                && voters.haveAtLeast(needed, everybody(), offset, length);
        BlockError otherwise = away
                ? BlockError.of(Errno.EBUSY, "fewer than " + needed + " children answer")
                : BlockError.of(Errno.EIO, why);
        BlockError voted = VotedError.of(errors, otherwise);
        return away && voted.code() == Errno.ENODEV ? otherwise : voted;
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
