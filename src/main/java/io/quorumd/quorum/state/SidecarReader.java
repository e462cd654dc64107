package io.quorumd.quorum.state;

import java.io.IOException;

/** Finds out what a child's sidecar says and whether it was written for this very file. */
final class SidecarReader {

    private SidecarReader() {}

    static ChildEvidence evidence(ChildFound found) {
        ChildPlace place = found.place();
        if (place == null || found.presence() != ChildFound.Presence.PRESENT) {
            return new ChildEvidence(found, null, "");
        }
        try {
            byte[] bytes = place.readSidecar();
            if (bytes == null) {
                return new ChildEvidence(found, null, "");
            }
            Sidecar sidecar = RecordFormat.decodeSidecar(bytes);
            String mark = place.fileMark();
            String doubt = sidecar.file().equals(mark)
                    ? ""
                    : "its sidecar was written for another file: it was made anew or copied";
            return new ChildEvidence(found, sidecar, doubt);
        } catch (DamageException damage) {
            return new ChildEvidence(found, null, "its sidecar " + damage.what());
        } catch (IOException failed) {
            return new ChildEvidence(found, null, "its sidecar cannot be read: " + failed.getMessage());
        }
    }
}
