package io.quorumd.quorum.state;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A child as found, with what its sidecar says.
 *
 * @param sidecar null when there is none that can be read
 * @param doubt why a sidecar that is there is not believed; empty otherwise
 */
record ChildEvidence(ChildFound found, @Nullable Sidecar sidecar, String doubt) {

    String nodeName() {
        return found.nodeName();
    }

    boolean present() {
        return found.presence() == ChildFound.Presence.PRESENT;
    }

    boolean missing() {
        return found.presence() == ChildFound.Presence.MISSING;
    }

    /** Whether it says that it belongs to {@code volume}. */
    boolean claims(VolumeIdentity volume) {
        return present()
                && doubt.isEmpty()
                && sidecar != null
                && sidecar.volume().equals(volume);
    }

    /** Whether its sidecar says that it is this very child, beyond doubt. */
    boolean says(VolumeIdentity volume, UUID child) {
        return claims(volume) && sidecar != null && sidecar.child().equals(child);
    }
}
