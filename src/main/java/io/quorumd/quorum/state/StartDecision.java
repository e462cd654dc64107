package io.quorumd.quorum.state;

import io.quorumd.quorum.state.ChildVerdict.Standing;
import io.quorumd.quorum.state.StartPlan.InitialMap;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a start may do, from what the state and the children say: make everything, open, treat a child as stale
 * or faulted, or refuse (quorum-device contract 1 "Creation" and "Length", 6.8, 6.9). Pure.
 *
 * <p>The danger it guards against: files that vanished and come back as zeroes would outvote the one good copy.
 */
final class StartDecision {

    private final VolumeWish wish;
    private final String folder;
    private final List<ChildEvidence> children;
    private final boolean accepted;
    private final RandomGenerator random;
    private final List<String> notes = new ArrayList<>();

    /**
     * @param folder the volume's folder as a person finds it, for the command in a refusal
     * @param accepted the operator said that the children are to be taken as they are
     */
    StartDecision(
            VolumeWish wish, String folder, List<ChildEvidence> children, boolean accepted, RandomGenerator random) {
        this.wish = wish;
        this.folder = folder;
        this.children = List.copyOf(children);
        this.accepted = accepted;
        this.random = random;
    }

    /** @throws StateException when the start is refused */
    StartPlan decide(@Nullable VolumeRecord record) {
        if (record != null && record.created()) {
            return reopen(record);
        }
        if (record != null) {
            return create(record);
        }
        if (children.stream().allMatch(ChildEvidence::missing)) {
            return create(newRecord(identity(), wish.size()));
        }
        return adopt();
    }

    /** The very first start, or one that was cut short before anything was served. */
    private StartPlan create(VolumeRecord record) {
        Sizes.checkCreation(wish);
        VolumeRecord begun = newRecord(record.identity(), wish.size());
        List<ChildRecord> records = new ArrayList<>();
        List<StartPlan.Member> members = new ArrayList<>();
        for (ChildEvidence child : children) {
            if (!child.missing() && !(child.present() && child.found().place() != null)) {
                throw new StateException(
                        "Volume " + wish.name() + " was being created when it stopped, and child " + child.nodeName()
                                + " is not a file that can be made.",
                        "Remove the folder " + folder + " and the children's files, which hold nothing yet.");
            }
            ChildRecord known = record.child(child.nodeName());
            records.add(new ChildRecord(child.nodeName(), known == null ? uuid() : known.uuid(), 0, false));
            members.add(member(child, Standing.CURRENT, "", InitialMap.CLEAR));
        }
        return new StartPlan(begun.withChildren(records), members, notes);
    }

    /** Children but no state: images that somebody brings along, or a state directory that was lost (6.9). */
    private StartPlan adopt() {
        VolumeIdentity identity = identityOfExisting();
        long size = Sizes.common(wish, children);
        List<ChildEvidence> ours =
                children.stream().filter(child -> child.claims(identity)).toList();
        long newest = newestGeneration(ours);
        List<ChildRecord> records = new ArrayList<>();
        for (ChildEvidence child : children) {
            Sidecar sidecar = child.claims(identity) ? child.sidecar() : null;
            boolean taken = sidecar != null
                    && records.stream().anyMatch(record -> record.uuid().equals(sidecar.child()));
            UUID uuid = sidecar == null || taken ? uuid() : sidecar.child();
            boolean expected = !ours.isEmpty() && child.found().place() != null;
            records.add(new ChildRecord(child.nodeName(), uuid, newest, expected));
        }
        notes.add(
                "Volume " + wish.name() + " has children but no state: nothing is known about which of them is right, "
                        + "so that every read is voted on until all of them have been compared.");
        VolumeRecord record = newRecord(identity, size).withChildren(records);
        return judged(record, newest, true, true);
    }

    private StartPlan reopen(VolumeRecord record) {
        checkUnchanged(record);
        List<ChildEvidence> newer = children.stream()
                .filter(child -> child.claims(record.identity()) && generation(child) > record.generation())
                .toList();
        if (newer.isEmpty()) {
            return judged(record, record.generation(), accepted || !record.known(), false);
        }
        notes.add(
                "The state of volume " + wish.name() + " is older (generation " + record.generation()
                        + ") than its children (" + newestGeneration(newer)
                        + "), as if it came from a backup: nothing is known, every read is voted on until all children have been compared.");
        long newest = newestGeneration(newer);
        List<ChildRecord> records = record.children().stream()
                .map(child -> new ChildRecord(child.nodeName(), child.uuid(), newest, child.sidecar()))
                .toList();
        return judged(record.withChildren(records), newest, true, true);
    }

    /**
     * @param newest the newest generation a sidecar may have
     * @param unknown nothing is known about which child is right
     * @param freshMaps the stale maps there are, if any, mean nothing
     */
    private StartPlan judged(VolumeRecord record, long newest, boolean unknown, boolean freshMaps) {
        ChildJudge judge = new ChildJudge(record, accepted);
        List<ChildRecord> records = new ArrayList<>();
        List<StartPlan.Member> members = new ArrayList<>();
        for (ChildEvidence child : children) {
            ChildVerdict verdict = judge.judge(child);
            ChildRecord known = record.child(child.nodeName());
            boolean stale = verdict.standing() == Standing.STALE;
            InitialMap map = InitialMap.KEEP;
            if (known == null || stale) {
                known = new ChildRecord(child.nodeName(), uuid(), 0, false);
                map = InitialMap.FULL;
            } else if (freshMaps) {
                map = verdict.standing() == Standing.CURRENT ? InitialMap.CLEAR : InitialMap.FULL;
            }
            records.add(known);
            members.add(new StartPlan.Member(child, verdict, map));
        }
        checkVoters(members);
        boolean nowKnown = !unknown || children.size() == 1;
        VolumeRecord next = new VolumeRecord(
                record.identity(),
                record.size(),
                record.blockSize(),
                record.regionSize(),
                newest + 1,
                true,
                record.clean(),
                nowKnown,
                record.growingTo(),
                records);
        return new StartPlan(next, members, notes);
    }

    private void checkUnchanged(VolumeRecord record) {
        if (!wish.wwn().isBlank() && !VolumeIdentity.parse(wish.wwn()).equals(record.identity())) {
            throw new StateException(
                    "Volume " + wish.name() + " is " + record.identity() + " according to its state, but wwn says "
                            + wish.wwn() + ".",
                    "Correct wwn or leave it empty; to make another volume, give it another name and other children.");
        }
        if (wish.blockSize() != record.blockSize()) {
            throw new StateException(
                    "Volume " + wish.name() + " was created with block-size " + record.blockSize()
                            + ", but block-size says " + wish.blockSize() + ".",
                    "Set block-size back to " + record.blockSize() + ": partition tables depend on it.");
        }
        if (wish.size() != 0 && wish.size() != record.size()) {
            notes.add("Volume " + wish.name() + " has " + record.size() + " bytes; size (" + wish.size()
                    + ") only counts when a volume is created.");
        }
        for (ChildRecord child : record.children()) {
            if (children.stream().noneMatch(found -> found.nodeName().equals(child.nodeName()))) {
                notes.add("Child " + child.nodeName() + " is no longer configured and is forgotten.");
            }
        }
    }

    private void checkVoters(List<StartPlan.Member> members) {
        long current = members.stream()
                .filter(member -> member.verdict().standing() == Standing.CURRENT)
                .count();
        if (current >= wish.threshold()) {
            return;
        }
        String why = members.stream()
                .map(StartPlan.Member::verdict)
                .filter(verdict -> verdict.standing() != Standing.CURRENT)
                .map(verdict -> verdict.nodeName() + ": " + verdict.reason())
                .collect(Collectors.joining("; "));
        long there = members.stream()
                .filter(member -> member.verdict().standing() != Standing.FAULTED)
                .count();
        String description = "Volume " + wish.name() + " has only " + current + " of " + members.size()
                + " children to vote and needs " + wish.threshold() + " (" + why + ").";
        throw there < wish.threshold()
                ? new StateException(description, "Bring back the children that are named.")
                : new StateException(
                        description,
                        "If these are the right files (copied to a new disk, say), accept them as they are: " + "touch "
                                + folder + "/accept-children, then start again.");
    }

    private VolumeIdentity identity() {
        return wish.wwn().isBlank() ? VolumeIdentity.random(random) : VolumeIdentity.parse(wish.wwn());
    }

    private VolumeIdentity identityOfExisting() {
        for (ChildEvidence child : children) {
            if (wish.wwn().isBlank() && child.sidecar() != null) {
                throw new StateException(
                        "Volume " + wish.name() + " has no state, but child " + child.nodeName()
                                + " belonged to a volume before: the state directory is lost or another one.",
                        "Put the state directory back, or set wwn: \""
                                + child.sidecar().volume()
                                + "\" for the volume to go on under the identity that initiators know; all children are then compared.");
            }
        }
        return identity();
    }

    private VolumeRecord newRecord(VolumeIdentity identity, long size) {
        return new VolumeRecord(
                identity, size, wish.blockSize(), wish.regionSize(), 0, false, true, true, 0, List.of());
    }

    private StartPlan.Member member(ChildEvidence child, Standing standing, String reason, InitialMap map) {
        return new StartPlan.Member(child, new ChildVerdict(child.nodeName(), standing, reason), map);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static long newestGeneration(List<ChildEvidence> children) {
        return children.stream().mapToLong(StartDecision::generation).max().orElse(0);
    }

    private static long generation(ChildEvidence child) {
        return child.sidecar() == null ? 0 : child.sidecar().generation();
    }
}
