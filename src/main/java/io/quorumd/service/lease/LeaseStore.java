package io.quorumd.service.lease;

import org.jspecify.annotations.Nullable;

/** Where one Lease is kept. Blocking; every call ends within half the renew deadline. */
interface LeaseStore extends AutoCloseable {

    /** Null when there is none. */
    @Nullable
    LeaseRecord read() throws LeaseException;

    /** Makes it. Null when there is one already. */
    @Nullable
    LeaseRecord create(LeaseRecord wanted) throws LeaseException;

    /**
     * Replaces it, renewed now, if it still has the version that {@code wanted} was made from.
     *
     * @return as it is then; null when it has another version, or is gone
     */
    @Nullable
    LeaseRecord replace(LeaseRecord wanted) throws LeaseException;

    @Override
    void close();
}
