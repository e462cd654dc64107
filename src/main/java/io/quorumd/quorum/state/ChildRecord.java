package io.quorumd.quorum.state;

import java.util.UUID;

/**
 * What the state knows of one child.
 *
 * @param nodeName its name in configuration, unique within the volume
 * @param uuid who it is; made when it became a member and kept in its sidecar
 * @param generation the newest {@link VolumeRecord#generation} that is known to be in its sidecar: an older sidecar was
 *     put back from somewhere
 * @param sidecar whether a sidecar was written next to it; one that is gone later means that the file was made anew
 */
public record ChildRecord(String nodeName, UUID uuid, long generation, boolean sidecar) {}
