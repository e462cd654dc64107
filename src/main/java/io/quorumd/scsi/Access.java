package io.quorumd.scsi;

/** What a command does that a reservation of another nexus may forbid: bits of a mask. */
final class Access {

    /** Nothing that any reservation forbids. */
    static final int NONE = 0;

    /** Forbidden by the old RESERVE only, which all commands but a few respect. */
    static final int LEGACY = 1;

    /** Depends on the medium being as it is (SPC-5 table 69, SBC-4 table 12: conflicts with exclusive access). */
    static final int READS = 2;

    /** Conflicts with write exclusive too. */
    static final int WRITES = 4;

    private Access() {}
}
