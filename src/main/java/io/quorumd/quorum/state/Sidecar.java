package io.quorumd.quorum.state;

import java.util.UUID;

/**
 * What the small file next to a local child says: whose child it is and when that was last confirmed.
 *
 * @param volume the volume it belongs to
 * @param child which of the volume's children it is
 * @param generation the volume's generation at the last start at which the child was there
 * @param file {@link ChildPlace#fileMark} of the file it was written for: a file made anew beside an old sidecar has
 *     another
 */
public record Sidecar(VolumeIdentity volume, UUID child, long generation, String file) {}
