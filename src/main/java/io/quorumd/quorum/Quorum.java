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
    final Regions regions;
    final Voters voters;
    final RangeQueue ranges = new RangeQueue();
    /** The vote unit in bytes. */
    final int block;

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
            int block) {
        this.name = name;
        this.options = options;
        this.times = QuorumTimes.of(options.childTimeout());
        this.children = children;
        this.strand = strand;
        this.allocator = allocator;
        this.reporter = reporter;
        this.regions = regions;
        this.block = block;
        this.voters = new Voters(regions, children.length);
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

    /** These children have no vote any more in the regions that the range touches. */
    void markStale(int which, long offset, long length) {
        for (int left = which; left != 0; left &= left - 1) {
            int child = Integer.numberOfTrailingZeros(left);
            for (long region = regions.at(offset); region <= regions.last(offset, length); region++) {
                voters.markStale(child, region);
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

    /** Reads a range of whole blocks that the caller holds exclusively. */
    void readHeld(long offset, int length, ReadCompletion done) {
        if (options.readPattern() == QuorumOptions.ReadPattern.FIFO) {
            new FifoRead(this, offset, length, true, done).start();
        } else {
            readOp().start(offset, length, true, done);
        }
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
    void join(Child child, BlockDevice device) {
        child.opened(device);
        voters.setAnswering(child.index, true);
    }

    /** A child that cannot go on is closed and asked nothing more. */
    void fault(Child child, String reason) {
        BlockDevice device = child.faulted(reason);
        voters.setAnswering(child.index, false);
        if (device != null) {
            device.close(error -> {
                if (error != null) {
                    reporter.closeFailed(child, error);
                }
            });
        }
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
