package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import io.quorumd.scsi.ReservationState.Registration;
import io.quorumd.scsi.ReserveOutcome.Notice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** What PERSISTENT RESERVE OUT does to the reservations: a function of both, without side effects (SPC-5 §5.14). */
final class ReservationRules {

    static final int MAX_REGISTRATIONS = 256;

    private static final int LOGICAL_UNIT_SCOPE = 0;
    private static final SenseData INVALID_RELEASE = new SenseData(SenseData.ILLEGAL_REQUEST, 0x26, 0x04);
    private static final SenseData INSUFFICIENT_REGISTRATION_RESOURCES =
            new SenseData(SenseData.ILLEGAL_REQUEST, 0x55, 0x04);
    private static final SenseData INVALID_PARAMETER = Sense.INVALID_FIELD_IN_PARAMETER_LIST;
    private static final int ACTION_KEY = 8;
    private static final int FLAGS = 20;
    private static final int TRANSPORT_ID = 24;

    private final ReservationState state;
    private final Registrant by;
    private final ReserveRequest request;

    private ReservationRules(ReservationState state, Registrant by, ReserveRequest request) {
        this.state = state;
        this.by = by;
        this.request = request;
    }

    static ReserveOutcome apply(ReservationState state, Registrant by, ReserveRequest request) {
        return new ReservationRules(state, by, request).apply();
    }

    private ReserveOutcome apply() {
        return switch (request.action()) {
            case REGISTER -> register();
            case REGISTER_AND_IGNORE_EXISTING_KEY -> registerAndIgnore();
            default -> {
                Registration mine = state.find(by);
                yield mine == null || mine.key() != request.key() ? ReserveOutcome.CONFLICT : applyRegistered();
            }
        };
    }

    /** The nexus is registered, and named its key. */
    private ReserveOutcome applyRegistered() {
        return switch (request.action()) {
            case RESERVE -> typed(this::reserve);
            case RELEASE -> typed(this::release);
            case CLEAR -> clear();
            case PREEMPT -> typed(this::preempt);
            case PREEMPT_AND_ABORT -> typed(this::preemptAndAbort);
            case REGISTER_AND_MOVE -> move();
            default -> throw new IllegalStateException(request.action().toString());
        };
    }

    private interface Typed {
        ReserveOutcome with(ReservationType type);
    }

    private ReserveOutcome typed(Typed action) {
        ReservationType type = request.type();
        return type == null || request.scope() != LOGICAL_UNIT_SCOPE
                ? ReserveOutcome.refused(Sense.INVALID_FIELD_IN_CDB.atCdbByte(2))
                : action.with(type);
    }

    private ReserveOutcome register() {
        Registration mine = state.find(by);
        if (request.key() != (mine == null ? 0 : mine.key())) {
            return ReserveOutcome.CONFLICT;
        }
        if (mine != null && request.specifiesOthers()) {
            return ReserveOutcome.refused(INVALID_PARAMETER.atParameterByte(FLAGS));
        }
        return mine != null ? changeRegistration(mine) : newRegistration();
    }

    private ReserveOutcome registerAndIgnore() {
        if (request.specifiesOthers()) {
            return ReserveOutcome.refused(INVALID_PARAMETER.atParameterByte(FLAGS));
        }
        Registration mine = state.find(by);
        return mine != null ? changeRegistration(mine) : newRegistration();
    }

    private ReserveOutcome newRegistration() {
        if (request.actionKey() == 0) {
            return ReserveOutcome.of(state);
        }
        List<Registrant> all = new ArrayList<>(List.of(by));
        request.others().forEach(name -> all.add(new Registrant(name, by.target(), by.targetPort())));
        ReservationState next = state;
        for (Registrant each : all) {
            Registrant registered = request.allTargetPorts() ? each.throughAllPorts() : each;
            // An initiator that SPEC_I_PT names and that is registered fails it all (SPC-5 §5.14.7).
            if (!each.equals(by) && state.find(each) != null) {
                return ReserveOutcome.CONFLICT;
            }
            next = next.withRegistration(new Registration(registered, request.actionKey()));
        }
        if (next.registrations().size() > MAX_REGISTRATIONS) {
            return ReserveOutcome.refused(INSUFFICIENT_REGISTRATION_RESOURCES);
        }
        return ReserveOutcome.of(next.withPersistence(request.persistent()).nextGeneration());
    }

    private ReserveOutcome changeRegistration(Registration mine) {
        if (request.actionKey() != 0) {
            ReservationState next = state.withRegistration(new Registration(mine.registrant(), request.actionKey()));
            return ReserveOutcome.of(next.withPersistence(request.persistent()).nextGeneration());
        }
        ReservationState next = state.without(r -> r.equals(mine));
        boolean released = state.type() != null && next.type() == null;
        return ReserveOutcome.of(
                next.withPersistence(request.persistent()).nextGeneration(),
                released ? noticesOfRelease(next) : List.of());
    }

    private ReserveOutcome reserve(ReservationType type) {
        if (state.type() == null) {
            return ReserveOutcome.of(state.withReservation(type, by));
        }
        return state.isHeldBy(by) && state.type() == type ? ReserveOutcome.of(state) : ReserveOutcome.CONFLICT;
    }

    private ReserveOutcome release(ReservationType type) {
        if (!state.isHeldBy(by)) {
            return ReserveOutcome.of(state);
        }
        if (state.type() != type) {
            return ReserveOutcome.refused(INVALID_RELEASE);
        }
        ReservationState next = state.withReservation(null, null);
        return ReserveOutcome.of(next, noticesOfRelease(next));
    }

    /** Whoever could use the disk by being registered can no longer rely on that keeping others away. */
    private List<Notice> noticesOfRelease(ReservationState next) {
        return Objects.requireNonNull(state.type()).isOpenToRegistrants()
                ? notices(next.registrations(), Sense.RESERVATIONS_RELEASED)
                : List.of();
    }

    private List<Notice> notices(List<Registration> to, SenseData what) {
        return to.stream()
                .filter(r -> !r.registrant().covers(by))
                .map(r -> new Notice(r.registrant(), what))
                .toList();
    }

    private ReserveOutcome clear() {
        return ReserveOutcome.of(
                state.without(r -> true).nextGeneration(),
                notices(state.registrations(), Sense.RESERVATIONS_PREEMPTED));
    }

    private ReserveOutcome preempt(ReservationType type) {
        boolean all = state.type() != null && state.type().isHeldByAll();
        if (request.actionKey() == 0) {
            return all
                    ? takeOver(type, r -> true)
                    : ReserveOutcome.refused(INVALID_PARAMETER.atParameterByte(ACTION_KEY));
        }
        Predicate<Registration> named = r -> r.key() == request.actionKey();
        if (state.type() != null && !all && state.holderKey() == request.actionKey()) {
            return takeOver(type, named);
        }
        if (state.registrations().stream().noneMatch(named)) {
            return ReserveOutcome.CONFLICT;
        }
        return preempted(state.without(r -> named.test(r) && !r.registrant().covers(by)));
    }

    /** The reservation passes to {@code by}; of the others those stay registered that {@code which} does not pick. */
    private ReserveOutcome takeOver(ReservationType type, Predicate<Registration> which) {
        ReservationState next =
                state.without(r -> which.test(r) && !r.registrant().covers(by)).withReservation(type, by);
        return preempted(next);
    }

    private ReserveOutcome preempted(ReservationState next) {
        List<Registration> gone = new ArrayList<>(state.registrations());
        gone.removeAll(next.registrations());
        List<Notice> notices = new ArrayList<>(notices(gone, Sense.REGISTRATIONS_PREEMPTED));
        if (state.type() != null && next.type() != state.type()) {
            notices.addAll(notices(next.registrations(), Sense.RESERVATIONS_RELEASED));
        }
        return ReserveOutcome.of(next.nextGeneration(), notices);
    }

    private ReserveOutcome preemptAndAbort(ReservationType type) {
        ReserveOutcome outcome = preempt(type);
        ReservationState next = outcome.next();
        if (next == null) {
            return outcome;
        }
        List<Registration> gone = new ArrayList<>(state.registrations());
        gone.removeAll(next.registrations());
        List<Registrant> aborted = gone.stream().map(Registration::registrant).toList();
        return new ReserveOutcome(next, null, outcome.notices(), aborted);
    }

    /** REGISTER AND MOVE (SPC-5 §5.14.8). */
    private ReserveOutcome move() {
        boolean one = request.others().size() == 1;
        if (request.actionKey() == 0) {
            return ReserveOutcome.refused(INVALID_PARAMETER.atParameterByte(ACTION_KEY));
        }
        Registrant to = one ? new Registrant(request.others().getFirst(), by.target(), request.targetPort()) : by;
        if (!one || to.equals(by) || request.targetPort() == Registrant.ALL_PORTS) {
            return ReserveOutcome.refused(INVALID_PARAMETER.atParameterByte(TRANSPORT_ID));
        }
        ReservationType type = state.type();
        if (type == null || type.isHeldByAll() || !state.isHeldBy(by)) {
            return ReserveOutcome.CONFLICT;
        }
        ReservationState next = state.withRegistration(new Registration(to, request.actionKey()))
                .withReservation(type, to);
        if (request.unregister()) {
            next = next.without(r -> r.registrant().covers(by));
        }
        return ReserveOutcome.of(next.withPersistence(request.persistent()).nextGeneration());
    }
}
