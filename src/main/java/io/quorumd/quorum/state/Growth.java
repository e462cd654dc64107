package io.quorumd.quorum.state;

import io.quorumd.quorum.state.ChildFound.Presence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a volume longer between two times that it is open (quorum-device contract 1 "Length"). That it is to grow is on
 * stable storage first; then the children grow, then the maps, and the record of the new length comes last. Whatever a
 * crash leaves of it is completed by the next start, and until then the volume has its old length: nothing behind that has
 * ever been served, so that nothing there can be lost.
 */
final class Growth {

    private final StateStorage storage;
    private final String folder;
    private final VolumeRecord record;
    /** Whether all that is new has been made just now, of zeroes, so that the children are known to agree there. */
    private boolean allMade = true;

    Growth(StateStorage storage, String folder, VolumeRecord record) {
        this.storage = storage;
        this.folder = folder;
        this.record = record;
    }

    /** Makes files as long as they are to be. What cannot be is said, and is no reason not to serve the old length. */
    List<ChildFound> extend(List<ChildFound> children, List<String> notes) {
        List<ChildFound> extended = new ArrayList<>();
        for (ChildFound child : children) {
            ChildPlace place = child.place();
            allMade &= place != null && child.length() == record.size();
            boolean shorter = child.presence() == Presence.PRESENT && child.length() < record.growingTo();
            if (place != null && shorter && record.admits(child.length())) {
                extended.add(extend(child, place, notes));
            } else {
                extended.add(child);
            }
        }
        return extended;
    }

    private ChildFound extend(ChildFound child, ChildPlace place, List<String> notes) {
        try {
            place.create(record.growingTo());
            return ChildFound.present(child.nodeName(), record.growingTo(), place);
        } catch (IOException failed) {
            notes.add("Child " + child.nodeName() + " cannot be made " + record.growingTo() + " bytes long: "
                    + failed.getMessage());
            return child;
        }
    }

    /** The record as it is now on stable storage: of the new length if all children have it. */
    VolumeRecord finish(List<ChildFound> children, List<String> notes) throws IOException {
        ChildFound behind = children.stream()
                .filter(child -> child.presence() != Presence.PRESENT || child.length() != record.growingTo())
                .findFirst()
                .orElse(null);
        if (behind != null) {
            notes.add("The volume stays " + record.size() + " bytes long and is not yet " + record.growingTo()
                    + ", because child " + behind.nodeName() + " is not: " + why(behind) + ".");
            return record;
        }
        VolumeRecord grown = record.grown();
        // Where nobody has seen to it that the children agree, they are compared before anything is read from there.
        int unsettled = allMade ? grown.regions() : (int) (record.size() / record.regionSize());
        enlarge(VolumeStart.intentFile(folder), grown, unsettled);
        for (ChildRecord child : record.children()) {
            enlarge(VolumeStart.staleFile(folder, child), grown, grown.regions());
            enlarge(VolumeStart.doubtFile(folder, child), grown, grown.regions());
            enlarge(VolumeStart.unwrittenFile(folder, child), grown, grown.regions());
        }
        storage.replace(VolumeStart.recordFile(folder), RecordFormat.encode(grown));
        return grown;
    }

    private static String why(ChildFound child) {
        return child.presence() == Presence.PRESENT ? "it has " + child.length() + " bytes" : child.reason();
    }

    /** A map for the new length with what it held for the old one, and every region from {@code added} on. */
    private void enlarge(String path, VolumeRecord grown, int added) throws IOException {
        RegionMap map = new RegionMap(grown.regions());
        RegionMap before = read(path);
        int end = before.regions();
        for (int from = before.nextSet(0, end); from < end; ) {
            int to = before.nextClear(from, end);
            map.add(from, to);
            from = before.nextSet(to, end);
        }
        map.add(added, grown.regions());
        MapFile.create(storage, path, grown.identity(), map);
    }

    private RegionMap read(String path) throws IOException {
        try {
            MapFile file = MapFile.open(storage, path, record.identity(), record.regions());
            file.close();
            return file.found();
        } catch (DamageException damage) {
            throw new IOException(storage.describe(path) + " " + damage.what(), damage);
        }
    }

    /** Notes that a volume which is closed is to grow: its next start makes it so. */
    static void begin(StateStorage storage, String folder, long size) throws IOException {
        @Nullable VolumeRecord record = VolumeStart.readRecord(storage, folder);
        if (record == null || size <= record.size() || size < record.growingTo() || size % record.blockSize() != 0) {
            throw new IllegalArgumentException("volume " + folder + " cannot be grown to " + size + " bytes");
        }
        storage.replace(VolumeStart.recordFile(folder), RecordFormat.encode(record.withGrowingTo(size)));
    }
}
