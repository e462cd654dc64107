package io.quorumd.quorum.state;

import io.quorumd.block.Completion;
import io.quorumd.block.Strand;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Children that leave and come back while the volume runs. Each such event gives the volume a new generation, which
 * those that are there get into their sidecars: so a file that was away can be told from its successor, and, should the
 * state be lost, from those that stayed.
 */
final class Membership {

    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private final RecordFile record;
    private final StaleMaps stale;
    private final int regions;
    private final Map<String, ChildPlace> present = new HashMap<>();
    private final SerialWriter reader;

    Membership(RecordFile record, StaleMaps stale, List<StartPlan.Member> members, Strand strand, Executor worker) {
        this.record = record;
        this.stale = stale;
        this.regions = record.current().regions();
        this.reader = new SerialWriter("sidecar", strand, worker);
        for (StartPlan.Member member : members) {
            if (member.verdict().standing() != Standing.FAULTED) {
                arrived(member.evidence().found());
            }
        }
    }

    void left(String nodeName) {
        if (present.remove(nodeName) != null) {
            newGeneration("", error -> {
                if (error != null) {
                    log.warn("That child {} left cannot be noted in the sidecars: {}", nodeName, error.message());
                }
            });
        }
    }

    void returned(ChildFound found, Consumer<ChildVerdict> done) {
        List<ChildEvidence> evidence = new ArrayList<>();
        reader.submit(() -> evidence.add(SidecarReader.evidence(found)), ignored -> judge(evidence.getFirst(), done));
    }

    private void judge(ChildEvidence evidence, Consumer<ChildVerdict> done) {
        ChildVerdict verdict = new ChildJudge(record.current(), false).judge(evidence);
        switch (verdict.standing()) {
            case FAULTED -> done.accept(verdict);
            case CURRENT -> {
                arrived(evidence.found());
                done.accept(verdict);
            }
            case STALE ->
                stale.add(evidence.nodeName(), 0, regions, error -> {
                    if (error != null) {
                        done.accept(faulted(verdict, error.message()));
                    } else {
                        takeIn(evidence.found(), verdict, done);
                    }
                });
        }
    }

    /** All of it is stale, durably; from now on it is the member of that name, and what had the name before is not. */
    private void takeIn(ChildFound found, ChildVerdict verdict, Consumer<ChildVerdict> done) {
        arrived(found);
        newGeneration(
                found.nodeName(), error -> done.accept(error == null ? verdict : faulted(verdict, error.message())));
    }

    private void arrived(ChildFound found) {
        ChildPlace place = found.place();
        if (place != null) {
            present.put(found.nodeName(), place);
        }
    }

    /** @param taken the child that was judged just now; empty for none */
    private void newGeneration(String taken, Completion done) {
        Map<String, ChildPlace> confirmed = Map.copyOf(present);
        record.change(before -> confirm(before, confirmed, taken), done);
    }

    /** The record first: a sidecar that is ahead of it would mean that the state is old. On the worker. */
    private VolumeRecord confirm(VolumeRecord before, Map<String, ChildPlace> places, String taken) throws IOException {
        VolumeRecord next = before.withGeneration(before.generation() + 1);
        record.write(next);
        List<ChildRecord> children = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (ChildRecord member : next.children()) {
            ChildRecord child = member;
            ChildPlace place = places.get(child.nodeName());
            if (place != null) {
                child = child.nodeName().equals(taken)
                        ? SidecarWriter.take(place, next, child, failures)
                        : SidecarWriter.confirm(place, next, child, failures);
            }
            children.add(child);
        }
        failures.forEach(log::warn);
        return next.withChildren(children);
    }

    private static ChildVerdict faulted(ChildVerdict verdict, String reason) {
        return new ChildVerdict(verdict.nodeName(), Standing.FAULTED, reason);
    }
}
