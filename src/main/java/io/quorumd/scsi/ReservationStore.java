package io.quorumd.scsi;

import io.quorumd.block.BlockError;
import io.quorumd.block.Completion;

/**
 * Where the persistent reservations of one disk outlive a power loss (APTPL, SPC-5 §5.14.5). What is kept is opaque,
 * at most {@link #MAX_BYTES} long, and replaced as a whole: after a crash either the old bytes are there or the new.
 */
public interface ReservationStore {

    int MAX_BYTES = 1 << 20;

    /** Keeps nothing: initiators are told that APTPL is not supported. */
    ReservationStore NONE = new ReservationStore() {

        @Override
        public byte[] load() {
            return new byte[0];
        }

        @Override
        public void save(byte[] state, Completion done) {
            done.completed(BlockError.of(BlockError.Errno.EROFS, "there is no place for persistent reservations"));
        }
    };

    /** What was saved last; empty when nothing was. Called once, before the disk serves. */
    byte[] load();

    /**
     * Keeps {@code state}, in the order of calls; one at a time.
     *
     * @param done on the disk's strand, when it is on stable storage; the initiator is answered no earlier
     */
    void save(byte[] state, Completion done);
}
