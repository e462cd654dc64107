package io.quorumd.service;

import io.quorumd.block.Completion;
import io.quorumd.quorum.state.ReservationStore;

/** Persistent reservations of a disk, kept in the state of its volume. */
record KeptReservations(ReservationStore store) implements io.quorumd.scsi.ReservationStore {

    private static final String KEY = "persistent";

    @Override
    public byte[] load() {
        byte[] kept = store.read(KEY);
        return kept == null ? new byte[0] : kept;
    }

    @Override
    public void save(byte[] state, Completion done) {
        store.write(KEY, state, done);
    }
}
