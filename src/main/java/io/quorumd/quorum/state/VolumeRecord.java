package io.quorumd.quorum.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The small record of a volume: everything about it but its maps.
 *
 * @param identity who it is to initiators
 * @param size length of the volume and of every child, in bytes
 * @param blockSize logical block size in bytes
 * @param regionSize unit of the stale and intent maps in bytes, a power of two
 * @param generation counts starts; also the newest generation that may be in any sidecar
 * @param created false while the missing files of a new volume are being made: until then nothing was ever served
 * @param clean the last stop flushed every child and wrote every map
 * @param known false while nothing is known about which child is right, so that every read is voted until one full
 *     comparison has ended
 * @param growingTo the length it is being made longer to, in bytes: until all its children are that long, each may have
 *     any length from {@code size} on; 0 when it is not being grown
 * @param children the members in configured order, which is the order of a vote's tie-breaks
 */
public record VolumeRecord(
        VolumeIdentity identity,
        long size,
        int blockSize,
        int regionSize,
        long generation,
        boolean created,
        boolean clean,
        boolean known,
        long growingTo,
        List<ChildRecord> children) {

    public VolumeRecord {
        children = List.copyOf(children);
    }

    /** How many regions the maps have. */
    public int regions() {
        return Math.toIntExact((size + regionSize - 1) / regionSize);
    }

    /** Whether a child of this length can be a member. */
    boolean admits(long length) {
        return length == size || (length > size && length <= growingTo);
    }

    public @Nullable ChildRecord child(String nodeName) {
        for (ChildRecord child : children) {
            if (child.nodeName().equals(nodeName)) {
                return child;
            }
        }
        return null;
    }

    VolumeRecord withGeneration(long newGeneration) {
        return new VolumeRecord(
                identity, size, blockSize, regionSize, newGeneration, created, clean, known, growingTo, children);
    }

    VolumeRecord withClean(boolean newClean) {
        return new VolumeRecord(
                identity, size, blockSize, regionSize, generation, created, newClean, known, growingTo, children);
    }

    VolumeRecord withKnown(boolean newKnown) {
        return new VolumeRecord(
                identity, size, blockSize, regionSize, generation, created, clean, newKnown, growingTo, children);
    }

    VolumeRecord withCreated() {
        return new VolumeRecord(
                identity, size, blockSize, regionSize, generation, true, clean, known, growingTo, children);
    }

    VolumeRecord withChildren(List<ChildRecord> newChildren) {
        return new VolumeRecord(
                identity, size, blockSize, regionSize, generation, created, clean, known, growingTo, newChildren);
    }

    VolumeRecord withGrowingTo(long wanted) {
        return new VolumeRecord(
                identity, size, blockSize, regionSize, generation, created, clean, known, wanted, children);
    }

    /** As long as it was to become. */
    VolumeRecord grown() {
        return new VolumeRecord(
                identity, growingTo, blockSize, regionSize, generation, created, clean, known, 0, children);
    }
}
