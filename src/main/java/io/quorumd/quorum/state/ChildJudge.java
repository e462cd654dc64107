package io.quorumd.quorum.state;

import io.quorumd.quorum.state.ChildVerdict.Standing;

/** Whether a child is who the record says, and whether what it holds may be believed (contract 6.8). Pure. */
final class ChildJudge {

    private final VolumeRecord record;
    private final boolean accepted;

    /** @param accepted take those that the record knows by name as they are, whatever their sidecars say */
    ChildJudge(VolumeRecord record, boolean accepted) {
        this.record = record;
        this.accepted = accepted;
    }

    ChildVerdict judge(ChildEvidence child) {
        ChildFound found = child.found();
        if (!child.present()) {
            return verdict(child, Standing.FAULTED, found.reason());
        }
        if (!record.admits(found.length())) {
            return verdict(
                    child, Standing.FAULTED, "it has " + found.length() + " bytes, the volume has " + record.size());
        }
        ChildRecord known = record.child(child.nodeName());
        if (known == null) {
            return verdict(child, Standing.STALE, "it is new to the volume");
        }
        String objection = accepted ? "" : objection(child, known);
        return verdict(child, objection.isEmpty() ? Standing.CURRENT : Standing.STALE, objection);
    }

    private String objection(ChildEvidence child, ChildRecord known) {
        if (!child.doubt().isEmpty()) {
            return child.doubt();
        }
        Sidecar sidecar = child.sidecar();
        if (sidecar == null) {
            return known.sidecar() ? "its sidecar is gone: it was made anew or copied" : "";
        }
        if (!sidecar.volume().equals(record.identity())) {
            return "its sidecar belongs to volume " + sidecar.volume();
        }
        if (!sidecar.child().equals(known.uuid())) {
            return "its sidecar belongs to another child (" + nameOf(sidecar) + ")";
        }
        if (sidecar.generation() < known.generation()) {
            return "its sidecar has generation " + sidecar.generation() + ", older than " + known.generation()
                    + ": an old copy was put back";
        }
        return "";
    }

    private String nameOf(Sidecar sidecar) {
        return record.children().stream()
                .filter(child -> child.uuid().equals(sidecar.child()))
                .map(ChildRecord::nodeName)
                .findFirst()
                .orElse(sidecar.child().toString());
    }

    private static ChildVerdict verdict(ChildEvidence child, Standing standing, String reason) {
        return new ChildVerdict(child.nodeName(), standing, reason);
    }
}
