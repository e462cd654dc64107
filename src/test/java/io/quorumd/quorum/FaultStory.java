package io.quorumd.quorum;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import io.quorumd.block.ManualStrand;
import io.quorumd.block.MemoryDevice;
import io.quorumd.quorum.sim.SimStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A few operations on a volume of two regions, faults striking as planned; then the process is gone, starts again, and must
 * give what it had acknowledged. Two blocks are looked at: the last of region 0 and the first of region 1.
 *
 * <p>Operations are letters: w write, z zero, f flush, r read. Those at odd places touch region 0 only, the others both.
 */
final class FaultStory {

    static final int REGION = 65536;
    private static final int BLOCK = 512;
    private static final int BLOCKS = 2;
    private static final int SIZE = REGION + BLOCK;
    private static final long FIRST = REGION - BLOCK;
    private static final int PATIENCE_SECONDS = 25;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final QuorumOptions options;
    private final String operations;
    private final FaultPlan plan;
    private final ManualStrand strand = new ManualStrand();
    /** With cleaners: whoever is killed does not release. */
    private final ByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true, false);

    private final List<MemoryDevice> children = new ArrayList<>();
    /** By block, the values that it may have, a bit for each. */
    private final int[] allowed = {1, 1};

    private final boolean[] flushed = new boolean[BLOCKS];
    private SimStorage storage;
    private QuorumRig rig;
    private int waiting;
    /** Children that lost what they had not flushed. */
    private int losers;
    /** A child lost something, or failed to flush it, during this operation. */
    private boolean lossIsNews;

    private boolean mayLie;

    /** @param fresh state of a volume made with these options that has been started once, see {@link #fresh} */
    FaultStory(QuorumOptions options, SimStorage fresh, String operations, FaultPlan plan) {
        this.storage = fresh.copy();
        this.options = options;
        this.operations = operations;
        this.plan = plan;
        int count = options.children();
        for (int i = 0; i < count; i++) {
            int index = i;
            MemoryDevice child = new MemoryDevice(QuorumRig.nodeName(i), SIZE, strand, allocator);
            children.add(child);
            // Of four and five the first and the last are struck: it matters who comes before whoever is well, which
            // three children show in full, and how many there are.
            plan.strike(child, count < 4 || i == 0 || i == count - 1, () -> lost(index));
        }
        rig = start();
        plan.strike(storage);
    }

    /** The state after the first start, which made everything. */
    static SimStorage fresh(QuorumOptions options) {
        SimStorage made = new SimStorage();
        FaultStory first = new FaultStory(options, made, "", new FaultPlan(List.of()));
        first.rig.book.becomeKnown(error -> first.check(error == null, "cannot be started"));
        first.strand.run();
        return first.storage;
    }

    private QuorumRig start() {
        return new QuorumRig(options, storage, strand, allocator, children);
    }

    private void restart() {
        strand.forget();
        children.forEach(MemoryDevice::forgetHanging);
        storage = storage.afterPowerLoss(new Random(2));
        rig = start();
        plan.strike(storage);
    }

    void tell() {
        for (int place = 0; place < operations.length(); place++) {
            int[] hanging = children.stream().mapToInt(MemoryDevice::hanging).toArray();
            lossIsNews = false;
            try {
                operate(operations.charAt(place), place);
                releaseThoseOf(hanging);
            } catch (FaultPlan.Killed | SimStorage.PowerLoss gone) {
                restart();
                forgive();
            }
        }
        plan.over();
        check(plan.struck() == plan.strikes().size(), "not told as before");
        restart();
        settle();
    }

    private void operate(char operation, int place) {
        int blocks = place % 2 == 0 ? BLOCKS : 1;
        switch (operation) {
            case 'w' -> {
                allow(place + 1, blocks);
                ByteBuf source = allocator.directBuffer(blocks * BLOCK);
                source.writeBytes(QuorumRig.pattern(place + 1, blocks * BLOCK));
                rig.device.write(FIRST, source, false, ended(error -> {
                    source.release();
                    written(error, place + 1, blocks);
                }));
            }
            case 'z' -> {
                allow(0, blocks);
                rig.device.writeZeroes(
                        FIRST, (long) blocks * BLOCK, true, false, ended(error -> written(error, 0, blocks)));
            }
            case 'f' -> rig.device.flush(ended(this::flushed));
            case 'r' -> {
                Completion done = ended(error -> check(error == null || plan.struck() > 0, "failed for nothing"));
                rig.device.read(FIRST, BLOCKS * BLOCK, (data, error) -> {
                    if (data != null) {
                        believe(data);
                        data.release();
                    }
                    done.completed(error);
                });
            }
            default -> throw new IllegalArgumentException(operations);
        }
        strand.run();
        for (int second = 0; waiting > 0; second++) {
            check(second < PATIENCE_SECONDS, "no answer in time");
            strand.advance(SECOND);
        }
    }

    private Completion ended(Completion then) {
        waiting = 1;
        return error -> {
            waiting--;
            then.completed(error);
        };
    }

    private void allow(int value, int blocks) {
        for (int block = 0; block < blocks; block++) {
            allowed[block] |= 1 << value;
            flushed[block] = false;
        }
    }

    private void written(@Nullable BlockError error, int value, int blocks) {
        check(error == null || plan.struck() > 0, "failed for nothing");
        for (int block = 0; error == null && block < blocks; block++) {
            allowed[block] = 1 << value;
            check(inSyncWith(block, value, false) >= options.voteThreshold(), "acknowledged by too few");
        }
    }

    private void flushed(@Nullable BlockError error) {
        check(error == null || plan.struck() > 0, "failed for nothing");
        for (int block = 0; error == null && block < BLOCKS; block++) {
            if (Integer.bitCount(allowed[block]) == 1 && !mayLie) {
                flushed[block] = true;
                losers = 0;
                int value = Integer.numberOfTrailingZeros(allowed[block]);
                check(inSyncWith(block, value, true) >= options.voteThreshold(), "flushed by too few");
            }
        }
    }

    /** What has been read is what it is from now on. */
    private void believe(ByteBuf read) {
        for (int block = 0; block < BLOCKS; block++) {
            int value = read.getByte(read.readerIndex() + block * BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                check(read.getByte(read.readerIndex() + block * BLOCK + i) == value, "a torn block");
            }
            check((allowed[block] & 1 << value) != 0, "block " + block + " reads as " + value);
            allowed[block] = 1 << value;
        }
    }

    /** What was acknowledged and not flushed may be gone with the last child in sync that had it and lost nothing. */
    private void lost(int lostChild) {
        lossIsNews = true;
        losers |= 1 << lostChild;
        for (int block = 0; block < BLOCKS; block++) {
            int held = 0;
            for (int child = 0; child < children.size(); child++) {
                held |= isStale(child, block) || (losers & 1 << child) != 0 ? 0 : 1 << valueOf(child, block, false);
            }
            if (!flushed[block] && (allowed[block] & held) == 0) {
                allowed[block] |= everywhere(block);
            }
        }
    }

    /**
     * What a child has just lost is known to nobody when the process is gone at the same moment: what was not flushed is
     * what most say then, if they are enough; and a flush that has just failed will seem to succeed the next time.
     */
    private void forgive() {
        for (int block = 0; lossIsNews && block < BLOCKS; block++) {
            int[] votes = new int[operations.length() + 1];
            for (int child = 0; child < children.size(); child++) {
                votes[valueOf(child, block, false)] += isStale(child, block) ? 0 : 1;
            }
            int winners = 0;
            for (int value = 0; value < votes.length; value++) {
                winners |= votes[value] >= options.voteThreshold() ? 1 << value : 0;
            }
            if (Integer.bitCount(winners) != 1 || (winners & allowed[block]) == 0) {
                allowed[block] |= everywhere(block);
            }
        }
        mayLie |= lossIsNews;
    }

    private int everywhere(int block) {
        int values = 0;
        for (int child = 0; child < children.size(); child++) {
            values |= 1 << valueOf(child, block, false);
        }
        return values;
    }

    /** Nobody strikes any more, all children answer: everything can be read, and never reads differently again. */
    private void settle() {
        rig.device.read(FIRST, BLOCKS * BLOCK, (data, error) -> {
            check(data != null, "nothing to read: " + error);
            if (data != null) {
                believe(data);
                data.release();
            }
        });
        strand.run();
        checkSettled();
        if (Integer.bitCount(everywhere(0)) > 1 || Integer.bitCount(everywhere(1)) > 1) {
            restart();
            checkSettled();
        }
    }

    private void checkSettled() {
        for (int block = 0; block < BLOCKS; block++) {
            for (int child = 0; child < children.size(); child++) {
                boolean right = (allowed[block] & 1 << valueOf(child, block, false)) != 0;
                check(right || isStale(child, block), "child " + child + " may still say something else");
            }
        }
    }

    private int inSyncWith(int block, int value, boolean durably) {
        int count = 0;
        for (int child = 0; child < children.size(); child++) {
            count += !isStale(child, block) && valueOf(child, block, durably) == value ? 1 : 0;
        }
        return count;
    }

    /** A block is in the region of its number. */
    private boolean isStale(int child, int block) {
        return rig.book.stale(child).contains(block);
    }

    private int valueOf(int child, int block, boolean durably) {
        MemoryDevice device = children.get(child);
        long offset = FIRST + (long) block * BLOCK;
        return (durably ? device.durableContents(offset, 1) : device.contents(offset, 1))[0];
    }

    private void releaseThoseOf(int[] hanging) {
        for (int child = 0; child < hanging.length; child++) {
            for (int i = 0; i < hanging[child]; i++) {
                children.get(child).release();
            }
        }
        strand.run();
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("%s: %d children, threshold %d, %s, operations %s, %s"
                    .formatted(
                            otherwise,
                            options.children(),
                            options.voteThreshold(),
                            options.readPattern(),
                            operations,
                            plan.strikes()));
        }
    }
}
