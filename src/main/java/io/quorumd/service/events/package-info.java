/**
 * What happens to volumes, as events in QEMU's QMP shape: a bounded history, log lines at a bearable rate, a live stream.
 */
@NullMarked
package io.quorumd.service.events;

import org.jspecify.annotations.NullMarked;
