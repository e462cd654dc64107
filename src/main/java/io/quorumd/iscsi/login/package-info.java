/**
 * The login phase of a connection and the text negotiation of the full-feature phase (RFC 7143 §6, §12, §13), event by event, on jSCSI's
 * phase, stage and negotiation types.
 */
@NullMarked
package io.quorumd.iscsi.login;

import org.jspecify.annotations.NullMarked;
