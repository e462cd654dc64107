package io.quorumd.scsi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The registrations and the reservation of a logical unit, at one moment (SPC-5 §5.14).
 *
 * @param generation PRGENERATION, which counts the changes of registrations
 * @param type null without a reservation
 * @param holder the one nexus that holds it; null without a reservation, or when all registrants do
 * @param persistent APTPL: to be there again after a power loss
 */
record ReservationState(
        int generation,
        List<Registration> registrations,
        @Nullable ReservationType type,
        @Nullable Registrant holder,
        boolean persistent) {

    static final ReservationState NONE = new ReservationState(0, List.of(), null, null, false);

    /** A nexus, or several, and the key it is known by. */
    record Registration(Registrant registrant, long key) {}

    ReservationState {
        registrations = List.copyOf(registrations);
    }

    /** The registration that a nexus has; null when it has none. */
    @Nullable
    Registration find(Registrant nexus) {
        for (Registration registration : registrations) {
            if (registration.registrant().covers(nexus)) {
                return registration;
            }
        }
        return null;
    }

    boolean isHeldBy(Registrant nexus) {
        if (type == null) {
            return false;
        }
        return holder == null ? find(nexus) != null : holder.equals(nexus);
    }

    /** The key that holds the reservation; 0 when all registrants do, or nobody does. */
    long holderKey() {
        Registration registration = holder == null ? null : find(holder);
        return registration == null ? 0 : registration.key();
    }

    ReservationState withRegistration(Registration added) {
        List<Registration> changed = new ArrayList<>(registrations);
        changed.removeIf(r -> r.registrant().equals(added.registrant()));
        changed.add(added);
        return new ReservationState(generation, changed, type, holder, persistent);
    }

    /** Without some registrations; and without the reservation, if nobody is left who holds it. */
    ReservationState without(Predicate<Registration> which) {
        List<Registration> left = new ArrayList<>(registrations);
        left.removeIf(which);
        ReservationState changed = new ReservationState(generation, left, type, holder, persistent);
        boolean held = holder == null ? !left.isEmpty() : changed.find(holder) != null;
        return held ? changed : changed.withReservation(null, null);
    }

    /** @param by who holds it, unless {@code newType} is held by all */
    ReservationState withReservation(@Nullable ReservationType newType, @Nullable Registrant by) {
        boolean heldByOne = newType != null && !newType.isHeldByAll();
        return new ReservationState(generation, registrations, newType, heldByOne ? by : null, persistent);
    }

    ReservationState nextGeneration() {
        return new ReservationState(generation + 1, registrations, type, holder, persistent);
    }

    ReservationState withPersistence(boolean wanted) {
        return new ReservationState(generation, registrations, type, holder, wanted);
    }
}
