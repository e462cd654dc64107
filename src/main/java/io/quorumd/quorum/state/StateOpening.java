package io.quorumd.quorum.state;

import io.quorumd.block.Strand;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** Opens what a recorded volume has on disk and puts it together. */
record StateOpening(
        StateStorage storage,
        Executor worker,
        Strand strand,
        String folder,
        VolumeRecord record,
        boolean stoppedCleanly,
        List<String> notes) {

    private static final long JOURNAL_FILE_BYTES = 1 << 20;

    VolumeState open(List<StartPlan.Member> members) throws IOException {
        IntentMap intent = new IntentMap(map(VolumeStart.intentFile(folder)));
        Map<String, DurableMap> stale = new LinkedHashMap<>();
        Map<String, DurableMap> doubtful = new LinkedHashMap<>();
        Map<String, DurableMap> unwritten = new LinkedHashMap<>();
        for (ChildRecord child : record.children()) {
            stale.put(child.nodeName(), map(VolumeStart.staleFile(folder, child)));
            doubtful.put(child.nodeName(), map(VolumeStart.doubtFile(folder, child)));
            unwritten.put(child.nodeName(), map(VolumeStart.unwrittenFile(folder, child)));
        }
        ReservationStore reservations = new ReservationStore(storage, folder + "/reservations", strand, worker);
        DivergenceJournal journal = new DivergenceJournal(
                new JournalFiles(storage, folder, JOURNAL_FILE_BYTES),
                storage.describe(folder) + "/journal",
                strand,
                worker);
        return new VolumeState(this, members, intent, new StaleMaps(stale), doubtful, unwritten, reservations, journal);
    }

    private DurableMap map(String path) throws IOException {
        try {
            MapFile file = MapFile.open(storage, path, record.identity(), record.regions());
            if (!file.halfDamaged().isEmpty()) {
                notes.add(storage.describe(path) + " had " + file.halfDamaged().cardinality()
                        + " page(s) with one bad copy"
                        + (stoppedCleanly
                                ? ", although the last stop was clean: look at the disk."
                                : ", torn by the crash.")
                        + " The other copy was taken.");
            }
            return new DurableMap(file, storage.describe(path), strand, worker);
        } catch (DamageException damage) {
            throw unusable(path, damage.what());
        } catch (java.nio.file.NoSuchFileException gone) {
            throw unusable(path, "is gone");
        }
    }

    private StateException unusable(String path, String what) {
        return new StateException(
                storage.describe(path) + " " + what + ".",
                "Move the folder " + storage.describe(folder) + " away and set wwn: \"" + record.identity()
                        + "\": the volume keeps its identity and all children are compared before any is believed.");
    }
}
