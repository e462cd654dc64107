package io.quorumd.scsi;

import io.quorumd.pdu.SenseData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a PERSISTENT RESERVE OUT leads to.
 *
 * @param next null when it fails
 * @param sense why it fails; null with {@code next} null is RESERVATION CONFLICT
 * @param notices whom to tell what, of those that are there
 * @param aborted whose commands end
 */
record ReserveOutcome(
        @Nullable ReservationState next, @Nullable SenseData sense, List<Notice> notices, List<Registrant> aborted) {

    /** A unit attention for whoever {@code to} covers. */
    record Notice(Registrant to, SenseData what) {}

    static final ReserveOutcome CONFLICT = new ReserveOutcome(null, null, List.of(), List.of());

    static ReserveOutcome refused(SenseData why) {
        return new ReserveOutcome(null, why, List.of(), List.of());
    }

    static ReserveOutcome of(ReservationState next) {
        return new ReserveOutcome(next, null, List.of(), List.of());
    }

    static ReserveOutcome of(ReservationState next, List<Notice> notices) {
        return new ReserveOutcome(next, null, notices, List.of());
    }
}
