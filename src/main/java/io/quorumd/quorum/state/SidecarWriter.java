package io.quorumd.quorum.state;

import java.io.IOException;
import java.util.List;

/** Confirms a child's membership in its sidecar, where that is allowed. */
final class SidecarWriter {

    private SidecarWriter() {}

    /**
     * Marks the file and writes its sidecar with the record's generation.
     *
     * @return the child as it is to be recorded: confirmed, or as before when the sidecar could not be written
     */
    static ChildRecord confirm(ChildPlace place, VolumeRecord record, ChildRecord child, List<String> notes) {
        try {
            String mark = place.markFile(child.uuid());
            Sidecar sidecar = new Sidecar(record.identity(), child.uuid(), record.generation(), mark);
            place.writeSidecar(RecordFormat.encode(sidecar));
            return new ChildRecord(child.nodeName(), child.uuid(), record.generation(), true);
        } catch (IOException failed) {
            notes.add("The sidecar of child " + child.nodeName() + " cannot be written (" + failed.getMessage()
                    + "): whether it is the same child at the next start cannot be told from it.");
            return child;
        }
    }
}
