package io.quorumd.quorum;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Flushes all children at once, one round at a time; requests that arrive during a round share the next one. Enough when
 * T children have flushed.
 */
final class FlushOp implements ChildRequest.Owner {

    private final Quorum quorum;
    private final ChildRequest[] requests;
    private List<Completion> waiting = new ArrayList<>();
    private List<Completion> served = new ArrayList<>();
    private int asked;
    private int pending;
    private int succeeded;
    private boolean running;
    private boolean asking;

    FlushOp(Quorum quorum) {
        this.quorum = quorum;
        this.requests = new ChildRequest[quorum.children.length];
        for (Child child : quorum.children) {
            requests[child.index] = new ChildRequest(child, this);
        }
    }

    void flush(Completion done) {
        waiting.add(done);
        rounds();
    }

    private void rounds() {
        while (!running && !waiting.isEmpty()) {
            running = true;
            List<Completion> free = served;
            served = waiting;
            waiting = free;
            ask();
        }
    }

    private void ask() {
        succeeded = 0;
        pending = 0;
        for (Child child : quorum.children) {
            // A flush that was left behind may still end; until then another would tell nothing.
            boolean free = !requests[child.index].isUnderWay();
            pending |= free ? quorum.voters.answering() & child.bit() : 0;
        }
        asked = pending;
        asking = true;
        for (int left = pending; left != 0; left &= left - 1) {
            requests[Integer.numberOfTrailingZeros(left)].flush();
        }
        asking = false;
        concludeIfDone();
    }

    @Override
    public void answered(ChildRequest request) {
        pending &= ~request.child.bit();
        BlockError error = request.error();
        if (error == null) {
            succeeded |= request.child.bit();
        } else {
            quorum.reporter.failed(request.child, Operation.FLUSH, error, 0, quorum.regions.size());
        }
        if (!asking) {
            concludeIfDone();
            rounds();
        }
    }

    private void concludeIfDone() {
        if (pending != 0) {
            return;
        }
        BlockError error = null;
        if (Integer.bitCount(succeeded) < quorum.threshold()) {
            error = VotedError.of(errors(), "fewer than " + quorum.threshold() + " children flushed");
            quorum.reporter.noQuorum(0, quorum.regions.size(), error);
        }
        running = false;
        List<Completion> told = List.copyOf(served);
        served.clear();
        for (Completion done : told) {
            done.completed(error);
        }
    }

    private @Nullable BlockError[] errors() {
        @Nullable BlockError[] errors = new BlockError[requests.length];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = (asked & 1 << i) != 0 ? requests[i].error() : null;
        }
        return errors;
    }

    @Override
    public void ended(ChildRequest request) {
        // Whatever it says now is too late to be believed.
    }
}
