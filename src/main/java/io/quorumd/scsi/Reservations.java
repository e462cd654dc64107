package io.quorumd.scsi;

import io.quorumd.scsi.ReservationState.Registration;
import io.quorumd.scsi.ReserveOutcome.Notice;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a disk: the persistent reservations (SPC-5 §5.14) and the old RESERVE (SPC-2 §5.5). Each nexus has a mask
 * of what it may not do, set anew whenever that changes, so that a command costs one test.
 */
final class Reservations {

    private final ReservationStore store;
    private final Collection<NexusState> nexuses;
    private final AbortTasks aborter;
    private final ArrayDeque<Change> changes = new ArrayDeque<>();
    private ReservationState state;
    private @Nullable NexusState reservedBy;
    private boolean changing;

    /** Aborts the tasks of nexuses, and says when they have ended. */
    interface AbortTasks {
        void abort(Predicate<NexusState> of, Runnable done);
    }

    private record Change(ScsiTask task, ReserveRequest request) {}

    /** @param nexuses those that have sent commands; a view */
    Reservations(ReservationStore store, Collection<NexusState> nexuses, AbortTasks aborter) {
        this.store = store;
        this.nexuses = nexuses;
        this.aborter = aborter;
        this.state = ReservationCodec.decode(store.load());
    }

    ReservationState state() {
        return state;
    }

    boolean canPersist() {
        return store != ReservationStore.NONE;
    }

    // RESERVE and RELEASE.

    /** False where it conflicts: with another's reservation, or with the newer way of reserving being used. */
    boolean reserve(NexusState nexus) {
        if (!state.registrations().isEmpty() || (reservedBy != null && reservedBy != nexus)) {
            return false;
        }
        reservedBy = nexus;
        updateConflicts();
        return true;
    }

    boolean release(NexusState nexus) {
        if (!state.registrations().isEmpty()) {
            return false;
        }
        if (reservedBy == nexus) {
            releaseAny();
        }
        return true;
    }

    /** A reset. Persistent reservations are not concerned. */
    void releaseAny() {
        reservedBy = null;
        updateConflicts();
    }

    void forget(NexusState gone) {
        if (reservedBy == gone) {
            releaseAny();
        }
    }

    // Conflicts.

    /** Sets what a nexus may not do. */
    void updateConflicts(NexusState nexus) {
        nexus.deny(denied(nexus.registrant()));
    }

    /** What a nexus may not do: bits of {@link Access}. */
    int denied(Registrant nexus) {
        int denied = 0;
        if (reservedBy != null && !reservedBy.registrant().equals(nexus)) {
            denied = Access.LEGACY;
        }
        ReservationType type = state.type();
        if (type != null && !mayUse(nexus, type)) {
            denied |= type.excludesReads() ? Access.READS | Access.WRITES : Access.WRITES;
        }
        return denied;
    }

    private boolean mayUse(Registrant nexus, ReservationType type) {
        return state.isHeldBy(nexus) || (type.isOpenToRegistrants() && state.find(nexus) != null);
    }

    private void updateConflicts() {
        nexuses.forEach(this::updateConflicts);
    }

    // PERSISTENT RESERVE OUT: one after the other, each durable before the next is looked at.

    void change(ScsiTask task, ReserveRequest request) {
        changes.add(new Change(task, request));
        if (!changing) {
            changing = true;
            applyNext();
        }
    }

    private void applyNext() {
        for (Change change = changes.poll(); change != null; change = changes.poll()) {
            if (!apply(change)) {
                return;
            }
        }
        changing = false;
    }

    /** False when it has to be saved first, after which {@link #applyNext} goes on. */
    private boolean apply(Change change) {
        ScsiTask task = change.task;
        ReserveOutcome outcome =
                ReservationRules.apply(state, task.execution().nexus().registrant(), change.request);
        ReservationState next = outcome.next();
        if (next == null) {
            refuse(task, outcome);
            return true;
        }
        if (!next.persistent() && !state.persistent()) {
            enact(task, outcome, next);
            return true;
        }
        store.save(ReservationCodec.encode(next), error -> {
            if (error == null) {
                enact(task, outcome, next);
            } else {
                task.checkCondition(BlockErrorSense.ofWrite(error));
            }
            applyNext();
        });
        return false;
    }

    private static void refuse(ScsiTask task, ReserveOutcome outcome) {
        if (outcome.sense() == null) {
            task.status(ScsiTask.RESERVATION_CONFLICT);
        } else {
            task.checkCondition(outcome.sense());
        }
    }

    private void enact(ScsiTask task, ReserveOutcome outcome, ReservationState next) {
        NexusState by = task.execution().nexus();
        state = next;
        updateConflicts();
        for (Notice notice : outcome.notices()) {
            tell(notice, by);
        }
        Predicate<NexusState> aborted =
                nexus -> nexus != by && outcome.aborted().stream().anyMatch(r -> r.covers(nexus.registrant()));
        aborter.abort(aborted, task::good);
    }

    private void tell(Notice notice, NexusState by) {
        for (NexusState nexus : nexuses) {
            if (nexus != by && notice.to().covers(nexus.registrant())) {
                nexus.attention(notice.what());
            }
        }
    }

    boolean isHolder(Registration registration) {
        ReservationType type = state.type();
        if (type == null) {
            return false;
        }
        return type.isHeldByAll()
                || (state.holder() != null && registration.registrant().covers(state.holder()));
    }
}
