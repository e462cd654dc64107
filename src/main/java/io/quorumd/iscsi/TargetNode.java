package io.quorumd.iscsi;

import io.quorumd.scsi.ScsiTarget;
import org.jspecify.annotations.Nullable;

/**
 * A target of the server (RFC 7143 §4.1).
 *
 * @param name iSCSI name in normal form
 * @param alias a name for people, told to initiators; null: none
 * @param access who may use it
 * @param scsi its logical units
 */
public record TargetNode(String name, @Nullable String alias, TargetAccess access, ScsiTarget scsi) {}
