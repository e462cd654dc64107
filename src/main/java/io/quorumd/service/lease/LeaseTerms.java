package io.quorumd.service.lease;

import java.time.Duration;

/**
 * How long what holds.
 *
 * @param duration others leave it to us for so long after its last renewal
 * @param renewDeadline we stop so long after we began to ask for that renewal; shorter, so that we have stopped before
 *     another may start
 * @param retryPeriod between two renewals
 */
record LeaseTerms(Duration duration, Duration renewDeadline, Duration retryPeriod) {}
