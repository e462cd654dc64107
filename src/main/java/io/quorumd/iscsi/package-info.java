/**
 * The iSCSI target: portals, login, sessions, connections, data transfer (RFC 7143).
 */
@NullMarked
package io.quorumd.iscsi;

import org.jspecify.annotations.NullMarked;
