package io.quorumd.quorum;

import io.netty.buffer.ByteBufAllocator;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Strand;
import io.quorumd.quorum.QuorumOptions.OnOpenFailure;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the children one after the other and makes a device of them, or closes again what it opened. */
final class Opening {

    private static final Logger log = LoggerFactory.getLogger(QuorumDevice.class);

    private final String name;
    private final QuorumOptions options;
    private final List<ChildSpec> specs;
    private final Bookkeeping book;
    private final Strand strand;
    private final ByteBufAllocator allocator;
    private final QuorumListener listener;
    private final QuorumDevice.Opened done;
    private final @Nullable BlockDevice[] devices;
    private final @Nullable BlockError[] errors;
    private int next;
    private boolean opening;
    private boolean looping;

    Opening(
            String name,
            QuorumOptions options,
            List<ChildSpec> specs,
            Bookkeeping book,
            Strand strand,
            ByteBufAllocator allocator,
            QuorumListener listener,
            QuorumDevice.Opened done) {
        this.name = name;
        this.options = options;
        this.specs = specs;
        this.book = book;
        this.strand = strand;
        this.allocator = allocator;
        this.listener = listener;
        this.done = done;
        this.devices = new BlockDevice[specs.size()];
        this.errors = new BlockError[specs.size()];
    }

    void start() {
        if (looping) {
            return;
        }
        looping = true;
        while (!opening && next < specs.size() && mayGoOn()) {
            opening = true;
            specs.get(next).opener().open(strand, allocator, this::opened);
        }
        looping = false;
        if (!opening) {
            conclude();
        }
    }

    private boolean mayGoOn() {
        return options.onOpenFailure() == OnOpenFailure.DEGRADED || firstError() < 0;
    }

    private void opened(@Nullable BlockDevice device, @Nullable BlockError error) {
        devices[next] = device;
        errors[next] = error;
        next++;
        opening = false;
        start();
    }

    private void conclude() {
        int open = 0;
        for (BlockDevice device : devices) {
            open += device != null ? 1 : 0;
        }
        String refusal = null;
        int failed = firstError();
        if (failed >= 0 && (open < options.voteThreshold() || options.onOpenFailure() == OnOpenFailure.FAIL)) {
            refusal = "child " + specs.get(failed).nodeName() + " ("
                    + specs.get(failed).description() + ") did not open: " + errors[failed];
        } else {
            refusal = oddLength();
        }
        if (refusal == null) {
            succeed();
        } else {
            giveUp(BlockError.of(Errno.EINVAL, refusal));
        }
    }

    private int firstError() {
        for (int i = 0; i < errors.length; i++) {
            if (errors[i] != null) {
                return i;
            }
        }
        return -1;
    }

    /** All have the same length, or: which one has another than most. A length once recorded is the right one. */
    private @Nullable String oddLength() {
        long usual = book.size() >= 0 ? book.size() : usualLength();
        int right = 0;
        String odd = null;
        for (int i = 0; i < devices.length; i++) {
            BlockDevice device = devices[i];
            if (device == null) {
                continue;
            }
            if (book.admits(device.size(), usual)) {
                right++;
                continue;
            }
            String found = "has " + device.size() + " bytes, the others have " + usual;
            odd = odd == null
                    ? "child " + specs.get(i).nodeName() + " (" + specs.get(i).description() + ") " + found
                    : odd;
            errors[i] = BlockError.of(Errno.EINVAL, "it has " + device.size() + " bytes, the volume has " + usual);
        }
        // From the second start on one bad child does not take the device down: it is faulted.
        return book.size() >= 0 && right >= options.voteThreshold() ? null : odd;
    }

    private long usualLength() {
        Map<Long, Integer> votes = new HashMap<>();
        long usual = -1;
        for (BlockDevice device : devices) {
            if (device != null) {
                int count = votes.merge(device.size(), 1, Integer::sum);
                usual = usual < 0 || count > votes.getOrDefault(usual, 0) ? device.size() : usual;
            }
        }
        return usual;
    }

    private void succeed() {
        long size = book.size();
        int block = options.logicalBlockSize();
        for (BlockDevice device : devices) {
            if (device != null && (book.size() < 0 || book.admits(device.size(), book.size()))) {
                size = book.size() < 0 ? device.size() : size;
                block = Math.max(block, device.physicalBlockSize());
            }
        }
        Guarantee guarantee = new Guarantee(options.children(), options.voteThreshold());
        if (options.allowsAmbiguity()) {
            log.warn("{}: {}", name, guarantee.inWords());
        } else {
            log.info("{}: {}", name, guarantee.inWords());
        }
        Regions regions = new Regions(size, options.regionSize());
        book.begin(regions, specs.stream().map(ChildSpec::nodeName).toArray(String[]::new));
        Quorum quorum = new Quorum(
                name,
                options,
                new Child[specs.size()],
                strand,
                allocator,
                new Reporter(name, listener),
                regions,
                block,
                book);
        for (int i = 0; i < devices.length; i++) {
            quorum.children[i] =
                    new Child(i, specs.get(i), strand, quorum.times, quorum.options.backlogLimit(), quorum.roster);
        }
        for (Child child : quorum.children) {
            admit(quorum, child);
        }
        // Not before all of them are there: whoever is missing when something is settled is stale.
        quorum.resync.poke();
        done.completed(new QuorumDevice(quorum), null);
    }

    private void admit(Quorum quorum, Child child) {
        BlockDevice device = devices[child.index];
        BlockError error = errors[child.index];
        ChildVerdict verdict = book.verdict(child.index);
        if (device != null && error == null && verdict.standing() != Standing.FAULTED) {
            quorum.roster.admit(child, device);
            return;
        }
        String reason = verdict.reason();
        if (error != null) {
            reason = device == null ? "did not open: " + error : error.message();
        }
        quorum.roster.fault(child, reason);
        if (device != null) {
            quorum.roster.closeQuietly(child, device);
        }
    }

    private void giveUp(BlockError error) {
        new Closing(devices).start(_ -> done.completed(null, error));
    }
}
