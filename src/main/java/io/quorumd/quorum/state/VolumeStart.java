package io.quorumd.quorum.state;

import io.quorumd.block.Strand;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import io.quorumd.quorum.state.StartPlan.InitialMap;
import io.quorumd.quorum.state.StartPlan.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the start of one volume. The order is what matters: maps before the record that relies on them, the record
 * with the new generation before any sidecar has it, the sidecars before the record calls them confirmed. A crash
 * between any two steps leaves something that the next start understands.
 */
final class VolumeStart {

    private final StateStorage storage;
    private final Executor worker;
    private final RandomGenerator random;
    private final VolumeWish wish;
    private final String folder;

    VolumeStart(StateStorage storage, Executor worker, RandomGenerator random, VolumeWish wish) {
        this.storage = storage;
        this.worker = worker;
        this.random = random;
        this.wish = wish;
        this.folder = wish.name();
    }

    VolumeState start(List<ChildFound> found, Strand strand) {
        VolumeRecord before = readRecord(storage, folder);
        try {
            boolean accepted = storage.read(acceptFile()) != null;
            List<String> notes = new ArrayList<>();
            List<ChildFound> children = found;
            if (before != null && before.growingTo() > 0) {
                Growth growth = new Growth(storage, folder, before);
                children = growth.extend(found, notes);
                before = growth.finish(children, notes);
            }
            List<ChildEvidence> evidence =
                    children.stream().map(SidecarReader::evidence).toList();
            StartPlan plan =
                    new StartDecision(wish, storage.describe(folder), evidence, accepted, random).decide(before);
            notes.addAll(plan.notes());
            boolean cleanBefore = before == null || before.clean();
            return carryOut(plan, cleanBefore, notes, strand);
        } catch (IOException failed) {
            throw new StateException(
                    "The state of volume " + wish.name() + " in " + storage.describe(folder) + " cannot be used: "
                            + failed.getMessage() + ".",
                    "Make it readable and writable for the service, on a file system with free space.",
                    failed);
        }
    }

    private VolumeState carryOut(StartPlan plan, boolean cleanBefore, List<String> notes, Strand strand)
            throws IOException {
        VolumeRecord record = plan.record().withClean(false);
        makeMaps(plan, record);
        storage.replace(recordFile(folder), RecordFormat.encode(record));
        if (!record.created()) {
            for (Member member : plan.members()) {
                ChildPlace place = member.evidence().found().place();
                if (place != null) {
                    place.create(record.size());
                }
            }
        }
        VolumeRecord confirmed =
                record.withChildren(confirmSidecars(plan, record, notes)).withCreated();
        storage.replace(recordFile(folder), RecordFormat.encode(confirmed));
        storage.delete(acceptFile());
        removeOrphans(confirmed);
        return new StateOpening(storage, worker, strand, folder, confirmed, cleanBefore, notes).open(plan.members());
    }

    private void makeMaps(StartPlan plan, VolumeRecord record) throws IOException {
        int regions = record.regions();
        boolean fresh = plan.members().stream().noneMatch(member -> member.map() == InitialMap.KEEP);
        if (fresh) {
            MapFile.create(storage, intentFile(folder), record.identity(), regions, false);
        }
        for (int index = 0; index < plan.members().size(); index++) {
            InitialMap map = plan.members().get(index).map();
            if (map != InitialMap.KEEP) {
                String path = staleFile(folder, record.children().get(index));
                MapFile.create(storage, path, record.identity(), regions, map == InitialMap.FULL);
                ChildRecord child = record.children().get(index);
                MapFile.create(storage, doubtFile(folder, child), record.identity(), regions, false);
                MapFile.create(storage, unwrittenFile(folder, child), record.identity(), regions, false);
            }
        }
    }

    private List<ChildRecord> confirmSidecars(StartPlan plan, VolumeRecord record, List<String> notes) {
        List<ChildRecord> confirmed = new ArrayList<>();
        for (int index = 0; index < plan.members().size(); index++) {
            Member member = plan.members().get(index);
            ChildRecord child = record.children().get(index);
            ChildPlace place = member.evidence().found().place();
            if (place != null && member.verdict().standing() != Standing.FAULTED) {
                boolean known = member.evidence().says(record.identity(), child.uuid());
                child = known
                        ? SidecarWriter.confirm(place, record, child, notes)
                        : SidecarWriter.take(place, record, child, notes);
            }
            confirmed.add(child);
        }
        return confirmed;
    }

    /** Maps of children that are members no longer. */
    private void removeOrphans(VolumeRecord record) throws IOException {
        Set<String> wanted = new HashSet<>();
        for (ChildRecord child : record.children()) {
            wanted.add(staleFile(folder, child));
            wanted.add(doubtFile(folder, child));
            wanted.add(unwrittenFile(folder, child));
        }
        for (String name : storage.list(folder)) {
            boolean ofChild = name.startsWith("stale-") || name.startsWith("doubt-") || name.startsWith("unwritten-");
            if (ofChild && !wanted.contains(folder + "/" + name)) {
                storage.delete(folder + "/" + name);
            }
        }
    }

    static @Nullable VolumeRecord readRecord(StateStorage storage, String folder) {
        String path = recordFile(folder);
        try {
            byte[] bytes = storage.read(path);
            return bytes == null ? null : RecordFormat.decodeRecord(bytes);
        } catch (IOException failed) {
            throw new StateException(
                    storage.describe(path) + " cannot be read: " + failed.getMessage() + ".",
                    "Make it readable for the service.",
                    failed);
        } catch (DamageException damage) {
            throw new StateException(
                    storage.describe(path) + " " + damage.what() + ".",
                    "Move the folder " + storage.describe(folder) + " away and set the volume's wwn to what initiators "
                            + "know it by (lsblk -o WWN): all children are then compared before any is believed.");
        }
    }

    private String acceptFile() {
        return folder + "/accept-children";
    }

    static String recordFile(String folder) {
        return folder + "/volume.json";
    }

    static String intentFile(String folder) {
        return folder + "/intent.map";
    }

    static String staleFile(String folder, ChildRecord child) {
        return folder + "/stale-" + child.uuid() + ".map";
    }

    static String doubtFile(String folder, ChildRecord child) {
        return folder + "/doubt-" + child.uuid() + ".map";
    }

    static String unwrittenFile(String folder, ChildRecord child) {
        return folder + "/unwritten-" + child.uuid() + ".map";
    }
}
