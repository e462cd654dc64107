package io.quorumd.service.lease;

/**
 * A Lease as the API server has it (coordination.k8s.io/v1).
 *
 * @param version changes with every update; empty of one that is to be made
 * @param holder who has it, empty when nobody does
 * @param seconds how long it holds since it was last renewed, as its holder has promised
 * @param transitions how often it went to another holder
 */
record LeaseRecord(String version, String holder, int seconds, int transitions) {

    /** Nobody's, so that the next one need not wait. */
    LeaseRecord released() {
        return new LeaseRecord(version, "", 1, transitions);
    }

    LeaseRecord takenBy(String next, int duration) {
        return new LeaseRecord(version, next, duration, next.equals(holder) ? transitions : transitions + 1);
    }
}
