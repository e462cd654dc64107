package io.quorumd.quorum;

import io.quorumd.block.BlockDevice;
import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import org.jspecify.annotations.Nullable;

/** Which children are asked: they open, are lost, hang, and come back. */
final class Roster implements Child.Watcher {

    private final Quorum quorum;
    private final @Nullable Reopening[] reopenings;
    private final @Nullable Suspension[] suspensions;

    Roster(Quorum quorum) {
        this.quorum = quorum;
        this.suspensions = new Suspension[quorum.children.length];
        this.reopenings = new Reopening[quorum.children.length];
    }

    /** A child that has opened is asked from now on. */
    void admit(Child child, BlockDevice device) {
        child.opened(device);
        quorum.voters.setAnswering(child.index, true);
    }

    /** One comes back while the others are at work. */
    void join(Child child, BlockDevice device) {
        admit(child, device);
        quorum.resync.poke();
    }

    /** A child that cannot go on is closed and asked nothing more until it has been opened again. */
    void fault(Child child, String reason) {
        // First: whoever is told that it is away is to find the margin without it.
        quorum.voters.setAnswering(child.index, false);
        BlockDevice device = child.faulted(reason);
        if (device != null) {
            quorum.resync.missed(child.bit(), 0, quorum.regions.count());
            quorum.sync.childLost(child);
            quorum.book.childLeft(child.index);
            closeQuietly(child, device);
        }
        reopen(child);
    }

    /** Whether there would be a quorum everywhere without it. */
    boolean canDoWithout(Child child) {
        return quorum.voters.marginWithout(child.index, quorum.threshold()) >= 0;
    }

    /** A child is asked nothing for a while; its device stays open. */
    void suspend(Child child, String reason) {
        quorum.voters.setAnswering(child.index, false);
        quorum.resync.missed(child.bit(), 0, quorum.regions.count());
        child.suspended(reason);
    }

    void resume(Child child) {
        child.resumed();
        quorum.voters.setAnswering(child.index, true);
        quorum.resync.poke();
    }

    Suspension suspension(Child child) {
        Suspension suspension = suspensions[child.index];
        if (suspension == null) {
            suspension = new Suspension(quorum, child);
            suspensions[child.index] = suspension;
        }
        return suspension;
    }

    /** Keeps trying to open a child that is faulted. */
    void reopen(Child child) {
        Reopening reopening = reopenings[child.index];
        if (reopening == null) {
            reopening = new Reopening(quorum, child);
            reopenings[child.index] = reopening;
        }
        reopening.plan();
    }

    void closeQuietly(Child child, BlockDevice device) {
        device.close(error -> {
            if (error != null) {
                quorum.reporter.closeFailed(child, error);
            }
        });
    }

    void closeChildren(Completion done) {
        @Nullable BlockDevice[] devices = new BlockDevice[quorum.children.length];
        for (Child child : quorum.children) {
            devices[child.index] = child.closed();
            quorum.voters.setAnswering(child.index, false);
        }
        new Closing(devices).start(done);
    }

    @Override
    public void changed(Child child, ChildState from, ChildState to, String reason) {
        quorum.reporter.childChanged(child, from, to, reason);
    }

    @Override
    public void failed(Child child, BlockError error) {
        suspension(child).failed(error);
    }

    @Override
    public void overtaken(Child child) {
        suspension(child).overtaken();
    }

    @Override
    public void lost(Child child, String reason) {
        fault(child, reason);
    }
}
