/**
 * Remote iSCSI LUNs as {@link io.quorumd.block.BlockDevice}s: an initiator with one connection and one session per
 * device (RFC 7143, error recovery level 0).
 *
 * <p><b>The end of a device.</b> When the connection breaks, the target is reset or another service takes the LUN over,
 * every request in flight fails with ENODEV and the device stays dead; whoever owns it opens a new one. That one logs in
 * with the same initiator name and ISID, by which the target ends the old session with everything in flight there before
 * it answers (session reinstatement, RFC 7143 §6.3.5). So nothing that was sent to a dead device takes effect any more
 * once its successor is open, as far as the target keeps to the standard. Where a redirection leads to another portal
 * group, in which no session is reinstated, the old commands are ended by PREEMPT AND ABORT; without persistent
 * reservations such a target is refused.
 *
 * <p><b>One writer.</b> {@link io.quorumd.block.iscsi.ReservationClaim} says what a persistent reservation protects.
 */
@NullMarked
package io.quorumd.block.iscsi;

import org.jspecify.annotations.NullMarked;
