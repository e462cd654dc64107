package io.quorumd.quorum;

import io.quorumd.block.Backoff;
import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.quorum.state.ChildFound;
import io.quorumd.quorum.state.ChildVerdict;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import org.jspecify.annotations.Nullable;

/** Tries to open a child that is faulted, again and again at growing distances, and lets it back in if it is who it was. */
final class Reopening {

    private final Quorum quorum;
    private final Child child;
    private final Backoff backoff;
    private boolean planned;

    Reopening(Quorum quorum, Child child) {
        this.quorum = quorum;
        this.child = child;
        this.backoff = new Backoff(quorum.strand.nanoTime());
    }

    /** Called whenever the child may be faulted. */
    void plan() {
        if (planned || quorum.isClosed() || child.condition().state() != ChildState.FAULTED) {
            return;
        }
        planned = true;
        var _ = quorum.strand.schedule(this::attempt, backoff.next(quorum.strand.nanoTime()));
    }

    private void attempt() {
        if (quorum.isClosed()) {
            return;
        }
        child.spec().opener().open(quorum.strand, quorum.allocator, this::opened);
    }

    private void opened(@Nullable BlockDevice device, @Nullable BlockError error) {
        if (device == null) {
            failed(null, "did not open: " + error);
        } else if (!quorum.book.admits(device.size(), quorum.regions.size())) {
            quorum.sync.lostContent(child);
            failed(device, "it has " + device.size() + " bytes, the volume has " + quorum.regions.size());
        } else if (device.physicalBlockSize() > quorum.block) {
            failed(device, "its blocks of " + device.physicalBlockSize() + " bytes are larger than the volume's");
        } else {
            ChildFound found = ChildFound.present(
                    child.nodeName(), device.size(), child.spec().place().get());
            quorum.book.childReturned(found, verdict -> judged(device, verdict));
        }
    }

    private void judged(BlockDevice device, ChildVerdict verdict) {
        if (verdict.standing() == Standing.FAULTED) {
            failed(device, verdict.reason());
        } else if (quorum.isClosed()) {
            failed(device, "the volume is closed");
        } else {
            planned = false;
            backoff.opened(quorum.strand.nanoTime());
            quorum.roster.join(child, device);
        }
    }

    private void failed(@Nullable BlockDevice device, String reason) {
        if (device != null) {
            quorum.roster.closeQuietly(child, device);
        }
        planned = false;
        if (!quorum.isClosed()) {
            child.stillFaulted(reason);
            plan();
        }
    }
}
