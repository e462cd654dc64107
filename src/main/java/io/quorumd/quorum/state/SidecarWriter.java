package io.quorumd.quorum.state;

import java.io.IOException;
import java.util.List;

/** Confirms a child's membership in its sidecar, where that is allowed. */
final class SidecarWriter {

    private SidecarWriter() {}

    /**
     * Marks the file as this child and writes its sidecar with the record's generation; for a file that has just been
     * judged, or made.
     *
     * @return the child as it is to be recorded: confirmed, or as before when the sidecar could not be written
     */
    static ChildRecord take(ChildPlace place, VolumeRecord record, ChildRecord child, List<String> notes) {
        try {
            return write(place, record, child, place.markFile(child.uuid()));
        } catch (IOException failed) {
            return notWritten(child, failed, notes);
        }
    }

    /**
     * Writes the sidecar anew with the record's generation, if the file is the very one that it was written for: it may
     * have been exchanged unnoticed, and must not be taken for the child because of this.
     *
     * @return as {@link #take}
     */
    static ChildRecord confirm(ChildPlace place, VolumeRecord record, ChildRecord child, List<String> notes) {
        try {
            byte[] bytes = place.readSidecar();
            String mark = place.fileMark();
            boolean same = bytes != null && isOf(RecordFormat.decodeSidecar(bytes), record, child, mark);
            return same ? write(place, record, child, mark) : child;
        } catch (DamageException | IOException failed) {
            return notWritten(child, failed, notes);
        }
    }

    private static boolean isOf(Sidecar sidecar, VolumeRecord record, ChildRecord child, String mark) {
        return sidecar.volume().equals(record.identity())
                && sidecar.child().equals(child.uuid())
                && sidecar.file().equals(mark);
    }

    private static ChildRecord write(ChildPlace place, VolumeRecord record, ChildRecord child, String mark)
            throws IOException {
        Sidecar sidecar = new Sidecar(record.identity(), child.uuid(), record.generation(), mark);
        place.writeSidecar(RecordFormat.encode(sidecar));
        return new ChildRecord(child.nodeName(), child.uuid(), record.generation(), true);
    }

    private static ChildRecord notWritten(ChildRecord child, Exception failed, List<String> notes) {
        notes.add("The sidecar of child " + child.nodeName() + " cannot be written (" + failed.getMessage()
                + "): whether it is the same child at the next start cannot be told from it.");
        return child;
    }
}
