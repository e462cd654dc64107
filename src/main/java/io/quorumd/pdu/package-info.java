/**
 * The wire: iSCSI headers, framing, digests, text keys, CDBs and sense, for target and initiator alike (RFC 7143, SPC-5).
 */
@NullMarked
package io.quorumd.pdu;

import org.jspecify.annotations.NullMarked;
