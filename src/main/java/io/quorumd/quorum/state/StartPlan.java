package io.quorumd.quorum.state;

import java.util.List;

/**
 * What a start is to do, as {@link StartDecision} has it.
 *
 * @param record what to write before anything else
 * @param members in the record's order
 * @param notes what a person should read in the log, one line each
 */
record StartPlan(VolumeRecord record, List<Member> members, List<String> notes) {

    /**
     * @param evidence how it was found
     * @param verdict what it may do
     * @param map what its stale map begins with
     */
    record Member(ChildEvidence evidence, ChildVerdict verdict, InitialMap map) {}

    /** What a stale map begins with. */
    enum InitialMap {
        /** What it held before. */
        KEEP,
        /** Nothing stale. */
        CLEAR,
        /** All stale. */
        FULL
    }
}
