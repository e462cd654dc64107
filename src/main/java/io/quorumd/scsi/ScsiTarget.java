package io.quorumd.scsi;

/** A SCSI target device as one of its ports shows it: logical units by number (SAM-6 §4.6.4). */
public interface ScsiTarget {

    /**
     * Never null: a number without a disk leads to a logical unit that answers INQUIRY with peripheral qualifier 3 and
     * REPORT LUNS, and refuses the rest (SPC-5 §6.6, SAM-6 §4.7).
     *
     * @param lun the eight bytes of the LUN field as they stand on the wire, big-endian (SAM-6 §4.7)
     */
    LogicalUnit logicalUnit(long lun);

    /** Every logical unit with a disk, for resets of the whole target and the loss of a nexus. */
    Iterable<LogicalUnit> logicalUnits();
}
