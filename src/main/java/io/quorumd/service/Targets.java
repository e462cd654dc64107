package io.quorumd.service;

import io.quorumd.block.EventLoopStrand;
import io.quorumd.iscsi.IscsiServer;
import io.quorumd.iscsi.TargetNode;
import io.quorumd.pdu.EventLoops;
import io.quorumd.scsi.LunMap;
import io.quorumd.service.config.LunProperties;
import io.quorumd.service.config.TargetProperties;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The targets and what volumes they show. Those of the configuration are there from the start; more come, and all can go,
 * while initiators are logged in. Thread-safe.
 */
final class Targets {

    private final IscsiServer server;
    private final EventLoops loops;
    private final List<Integer> portalGroups;
    private final Map<String, Volume> volumes;
    private final Map<String, Target> targets = new ConcurrentSkipListMap<>();

    /** A target and the numbers under which it shows volumes. */
    record Target(TargetNode node, LunMap map, Map<Integer, LunProperties> shown) {

        Collection<LunProperties> luns() {
            return List.copyOf(shown.values());
        }
    }

    Targets(IscsiServer server, EventLoops loops, List<Integer> portalGroups, List<Volume> volumes) {
        this.server = server;
        this.loops = loops;
        this.portalGroups = portalGroups;
        this.volumes = volumes.stream().collect(Collectors.toUnmodifiableMap(Volume::name, Function.identity()));
    }

    Collection<Target> all() {
        return targets.values();
    }

    /**
     * Adds a target that initiators can log in to from now on.
     *
     * @param property name of its group of properties, for messages
     * @throws IllegalArgumentException when there is one of that name, or a volume does not exist or is shown twice
     */
    void add(String property, TargetProperties properties) {
        String alias = properties.alias();
        LunMap map = new LunMap(properties.name(), new EventLoopStrand(loops.next()));
        map.portalGroups(portalGroups);
        var access = new ConfiguredAccess(property, properties);
        TargetNode node = new TargetNode(properties.name(), alias.isEmpty() ? null : alias, access, map);
        Target target = new Target(node, map, new ConcurrentSkipListMap<>());
        properties.luns().forEach(lun -> show(target, lun));
        server.addTarget(node);
        targets.put(node.name(), target);
    }

    /** Shows one more volume; initiators are told with unit attention REPORTED LUNS DATA HAS CHANGED. */
    void addLun(String target, LunProperties lun) {
        show(find(target), lun);
    }

    private void show(Target target, LunProperties lun) {
        Volume volume = volumes.get(lun.volume());
        if (volume == null) {
            throw new IllegalArgumentException("There is no volume " + lun.volume() + ".");
        }
        target.map.add(lun.lun(), volume.disk(), lun.readOnly());
        target.shown.put(lun.lun(), lun);
    }

    /** Shows a volume no longer. Completes when the commands that were under way there have ended. */
    CompletableFuture<Void> removeLun(String target, int number) {
        Target found = find(target);
        CompletableFuture<Void> ended = new CompletableFuture<>();
        found.map.remove(number, () -> ended.complete(null));
        found.shown.remove(number);
        return ended;
    }

    /** Ends its sessions; nobody finds it any more. Completes when nothing of them is under way. */
    CompletableFuture<Void> remove(String name) {
        find(name);
        targets.remove(name);
        return server.removeTarget(name);
    }

    /** @throws IllegalArgumentException when there is none of that name */
    Target find(String name) {
        Target target = targets.get(name);
        if (target == null) {
            throw new IllegalArgumentException("There is no target " + name + ".");
        }
        return target;
    }
}
