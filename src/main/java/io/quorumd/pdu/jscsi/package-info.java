/**
 * Adapters around jSCSI's header model and negotiation entries; every workaround of a jSCSI defect lives here (see docs/jscsi.md).
 */
@NullMarked
package io.quorumd.pdu.jscsi;

import org.jspecify.annotations.NullMarked;
