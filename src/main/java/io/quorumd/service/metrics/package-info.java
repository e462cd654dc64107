/**
 * Measurements: what the data path counts, at a cost of nanoseconds and without allocation, and the metrics that are made
 * of it when somebody asks.
 */
@NullMarked
package io.quorumd.service.metrics;

import org.jspecify.annotations.NullMarked;
