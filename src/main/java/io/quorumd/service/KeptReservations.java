package io.quorumd.service;

import io.quorumd.block.Completion;
import io.quorumd.quorum.state.ReservationStore;
import java.util.function.Supplier;

/**
 * Persistent reservations of a disk, kept in the state of its volume.
 *
 * @param store of the state as it is open at the time
 */
record KeptReservations(Supplier<ReservationStore> store) implements io.quorumd.scsi.ReservationStore {

    private static final String KEY = "persistent";

    @Override
    public byte[] load() {
        byte[] kept = store.get().read(KEY);
        return kept == null ? new byte[0] : kept;
    }

    @Override
    public void save(byte[] state, Completion done) {
        store.get().write(KEY, state, done);
    }
}
