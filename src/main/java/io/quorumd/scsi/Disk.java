package io.quorumd.scsi;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.Strand;
import io.quorumd.pdu.SenseData;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A direct-access disk (SBC-4) over any {@link BlockDevice}. Targets show it under a number ({@link LunMap#add}); it may
 * be shown by several targets at once. Everything happens on the device's strand.
 */
public final class Disk {

    /** What one command may move; MAXIMUM TRANSFER LENGTH of the Block Limits page. */
    static final int MAX_TRANSFER_BYTES = 4 << 20;

    /** What one UNMAP may cover: bounded, since some media have to write the zeroes. */
    static final int MAX_UNMAP_BYTES = 256 << 20;

    /** What one WRITE SAME may cover, whose data may have to be written. */
    static final int MAX_WRITE_SAME_BYTES = 16 << 20;

    /** What file systems give back at least. */
    private static final int UNMAP_GRANULARITY_BYTES = 4096;

    private final BlockDevice device;
    private final DiskIdentity identity;
    private final int blockSize;
    private final boolean writeCache;
    private final ModePages modePages;
    private final Reservations reservations;
    private final Sanitizing sanitizing = new Sanitizing(this::abortOthers);
    private final TaskSet tasks = new TaskSet(this::start);
    private final IdentityHashMap<ItNexus, NexusState> nexuses = new IdentityHashMap<>();
    /** Blocks, as the initiators were told. */
    private long capacity;

    /**
     * @param blockSize bytes of a logical block: 512 or 4096
     * @param writeCache WCE: whether an acknowledged write may still be volatile until it is flushed. Without it every
     *     write goes to the device with {@code fua}
     * @param store keeps persistent reservations over a restart
     * @throws IllegalArgumentException for sizes that do not fit, and when {@code store} holds what cannot be read
     */
    public Disk(BlockDevice device, DiskIdentity identity, int blockSize, boolean writeCache, ReservationStore store) {
        if (blockSize != 512 && blockSize != 4096) {
            throw new IllegalArgumentException("logical block size " + blockSize + " is neither 512 nor 4096");
        }
        if (device.size() < blockSize) {
            throw new IllegalArgumentException(device.name() + " is shorter than one block of " + blockSize + " bytes");
        }
        this.device = device;
        this.identity = identity;
        this.blockSize = blockSize;
        this.writeCache = writeCache;
        this.capacity = device.size() / blockSize;
        this.modePages = new ModePages(writeCache);
        this.reservations =
                new Reservations(store, nexuses.values(), (of, done) -> tasks.abort(x -> of.test(x.nexus()), done));
    }

    public BlockDevice device() {
        return device;
    }

    public DiskIdentity identity() {
        return identity;
    }

    /** Bytes of a logical block. */
    public int blockSize() {
        return blockSize;
    }

    Strand strand() {
        return device.strand();
    }

    /** Blocks. */
    long capacity() {
        return capacity;
    }

    /** Logical blocks of a physical one; 1 also where the physical one is smaller. */
    int blocksPerPhysicalBlock() {
        return Math.max(1, device.physicalBlockSize() / blockSize);
    }

    long maxTransferBlocks() {
        return MAX_TRANSFER_BYTES / blockSize;
    }

    /** Blocks: what is smaller or lies askew has to be written as zeroes. */
    int unmapGranularity() {
        return Math.max(blocksPerPhysicalBlock(), UNMAP_GRANULARITY_BYTES / blockSize);
    }

    long maxUnmapBlocks() {
        return MAX_UNMAP_BYTES / blockSize;
    }

    long maxWriteSameBlocks() {
        return MAX_WRITE_SAME_BYTES / blockSize;
    }

    /** Whether every write must be durable before it is acknowledged. */
    boolean writesThrough() {
        return !writeCache;
    }

    ModePages modePages() {
        return modePages;
    }

    Reservations reservations() {
        return reservations;
    }

    Sanitizing sanitizing() {
        return sanitizing;
    }

    /** Null when the blocks are on the medium. An LBA that is not is an error even for no blocks at all. */
    @Nullable
    SenseData checkRange(long lba, long blocks) {
        if (lba >= 0 && lba < capacity && blocks <= capacity - lba) {
            return null;
        }
        boolean beginsInside = lba >= 0 && lba < capacity;
        return Sense.LBA_OUT_OF_RANGE.withInformation(beginsInside ? capacity : lba);
    }

    // Tasks, as the LUNs hand them on.

    int accept(ScsiTask task, Lun lun) {
        noticeGrowth();
        NexusState nexus = nexuses.get(task.nexus());
        if (nexus == null) {
            nexus = new NexusState(task.nexus(), lun);
            reservations.updateConflicts(nexus);
            nexuses.put(task.nexus(), nexus);
        }
        byte[] cdb = task.cdb;
        Command command = CommandSet.find(cdb);
        SenseData refusal = command == null ? CommandSet.unknown(cdb) : command.check(this, cdb);
        if (task.attribute == ScsiTask.ACA) {
            refusal = Sense.INVALID_MESSAGE;
        }
        task.descriptorSense(modePages.descriptorSense());
        task.execution().begin(task, tasks, nexus, command, refusal);
        if (command == null || refusal != null) {
            return 0;
        }
        return (int) Math.min(command.dataOut(this, cdb), task.expectedDataOut);
    }

    void execute(ScsiTask task) {
        // It may have been aborted by another initiator while its data-out was on the way.
        if (task.execution().isInTaskSet()) {
            tasks.complete(task.execution());
        }
    }

    private void start(Execution x) {
        Command command = x.command();
        NexusState nexus = x.nexus();
        boolean immediate = command != null && command.isImmediate();
        SenseData why = immediate ? null : nexus.takeReset();
        if (why == null && command != null && nexus.conflicts(command.access(x.task().cdb))) {
            x.task().status(ScsiTask.RESERVATION_CONFLICT);
            return;
        }
        if (why == null && !immediate) {
            why = nexus.takeAttention();
        }
        if (why == null) {
            why = command == null ? x.refusal() : refuse(x, command);
        }
        if (why != null) {
            x.task().checkCondition(why);
        } else {
            Objects.requireNonNull(command).run(this, x.task());
        }
    }

    /** What stands against a command that exists. A disk that is not ready says so whatever the CDB. */
    private @Nullable SenseData refuse(Execution x, Command command) {
        SenseData why = sanitizing.refuse(command);
        if (why == null) {
            why = x.refusal();
        }
        return why == null && command.changesMedium() && isReadOnly(x) ? Sense.WRITE_PROTECTED : why;
    }

    boolean isReadOnly(Execution x) {
        return x.nexus().lun().isReadOnly() || x.task().nexus().isReadOnly() || modePages.writeProtected();
    }

    /** Whether an initiator that sends its commands to another disk of the target may have this one read or changed. */
    boolean permits(NexusState nexus, int access, boolean change) {
        boolean readOnly = modePages.writeProtected() || nexus.lun().map().isReadOnly(this);
        return (reservations.denied(nexus.registrant()) & access) == 0 && !(change && readOnly);
    }

    /** The device may have grown; each initiator is told with its next command (SBC-4 §4.4). */
    private void noticeGrowth() {
        long now = device.size() / blockSize;
        if (now != capacity) {
            capacity = now;
            attention(nexus -> nexus.attention(Sense.CAPACITY_CHANGED));
        }
    }

    private void attention(Consumer<NexusState> how) {
        nexuses.values().forEach(how);
    }

    /** Everybody but {@code by} is told (SPC-5 §6.12). */
    void modeParametersChanged(NexusState by) {
        attention(nexus -> {
            if (nexus != by) {
                nexus.attention(Sense.MODE_PARAMETERS_CHANGED);
            }
        });
    }

    // Task management.

    void abortTaskSet(ItNexus nexus, Runnable done) {
        tasks.abort(x -> x.task().nexus() == nexus, done);
    }

    void clearTaskSet(ItNexus by, Runnable done) {
        tasks.abort(
                x -> {
                    if (x.task().nexus() != by) {
                        x.nexus().attention(Sense.COMMANDS_CLEARED);
                    }
                    return true;
                },
                done);
    }

    private void abortOthers(ScsiTask except, Runnable done) {
        tasks.abort(
                x -> {
                    boolean other = x.task() != except;
                    if (other && x.task().nexus() != except.nexus()) {
                        x.nexus().attention(Sense.COMMANDS_CLEARED);
                    }
                    return other;
                },
                done);
    }

    void reset(Runnable done) {
        modePages.reset();
        reservations.releaseAny();
        attention(nexus -> nexus.attentionInsteadOfOthers(Sense.BUS_DEVICE_RESET));
        tasks.abort(x -> true, done);
    }

    void nexusLost(ItNexus nexus, Runnable done) {
        NexusState gone = nexuses.remove(nexus);
        if (gone != null) {
            reservations.forget(gone);
        }
        abortTaskSet(nexus, done);
    }

    // What targets tell it.

    /** The LUN is gone: its nexuses are lost. Called on the strand. */
    void unmapped(Lun lun, Runnable done) {
        List<NexusState> gone =
                nexuses.values().stream().filter(n -> n.lun() == lun).toList();
        nexuses.values().removeAll(gone);
        gone.forEach(reservations::forget);
        tasks.abort(x -> x.nexus().lun() == lun, done);
    }

    /** The inventory of a target that shows this disk has changed (SPC-5 §6.33.1). Called on the strand. */
    void lunsChanged(LunMap map) {
        attention(nexus -> {
            if (nexus.lun().map() == map) {
                nexus.attention(Sense.REPORTED_LUNS_CHANGED);
            }
        });
    }
}
