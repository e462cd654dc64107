package io.quorumd.service.lease;

import org.jspecify.annotations.Nullable;

/** An API server with one Lease in memory, which several claims may share; it can be out of reach. */
final class MemoryLeaseStore implements LeaseStore {

    @Nullable
    LeaseRecord kept;

    @Nullable
    String failure;

    /** Whether what is asked is done, and only its answer does not arrive. */
    boolean losesAnswers;
    /** What else happens between a request and its effect, such as the passing of time. */
    Runnable meanwhile = () -> {};

    private int versions;

    @Override
    public @Nullable LeaseRecord read() throws LeaseException {
        meanwhile.run();
        failIf(true);
        return kept;
    }

    @Override
    public @Nullable LeaseRecord create(LeaseRecord wanted) throws LeaseException {
        meanwhile.run();
        failIf(!losesAnswers);
        if (kept != null) {
            return null;
        }
        keep(wanted);
        failIf(true);
        return kept;
    }

    @Override
    public @Nullable LeaseRecord replace(LeaseRecord wanted) throws LeaseException {
        meanwhile.run();
        failIf(!losesAnswers);
        if (kept == null || !kept.version().equals(wanted.version())) {
            return null;
        }
        keep(wanted);
        failIf(true);
        return kept;
    }

    /** By anybody, a person for example. */
    void keep(LeaseRecord wanted) {
        kept = new LeaseRecord(String.valueOf(++versions), wanted.holder(), wanted.seconds(), wanted.transitions());
    }

    private void failIf(boolean applies) throws LeaseException {
        String why = failure;
        if (applies && why != null) {
            throw new LeaseException(why, new RuntimeException(why));
        }
    }

    @Override
    public void close() {
        failure = "closed";
    }
}
