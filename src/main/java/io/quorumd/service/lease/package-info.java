/**
 * One writer in a cluster: a Kubernetes Lease that the service holds before it opens anything, renews while it runs, and
 * gives back when it has closed everything. Without {@code quorumd.lease.name} nothing here is loaded.
 */
@NullMarked
package io.quorumd.service.lease;

import org.jspecify.annotations.NullMarked;
