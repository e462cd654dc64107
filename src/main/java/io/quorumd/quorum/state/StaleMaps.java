package io.quorumd.quorum.state;

import io.quorumd.block.Completion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stale maps of a volume's children. Removal is lazy: a region of one child that is in sync again may be back in its
 * map after a crash. So before another child becomes stale there the removal is made durable: else a crash could leave
 * more children stale than ever were at one time, and nobody to say what is right.
 *
 * <p>Strand and ranges as for {@link DurableMap}.
 */
public final class StaleMaps {

    private final Map<String, DurableMap> maps;

    StaleMaps(Map<String, DurableMap> maps) {
        this.maps = new LinkedHashMap<>(maps);
    }

    /** The stale regions of a child. Only to be read. */
    public RegionMap of(String nodeName) {
        return map(nodeName).regions();
    }

    /** They are stale in memory at once, durably at completion; see {@link DurableMap#add}. */
    public void add(String nodeName, int from, int to, Completion done) {
        DurableMap map = map(nodeName);
        if (map.isDurable(from, to)) {
            done.completed(null);
            return;
        }
        List<DurableMap> lingering = new ArrayList<>();
        for (DurableMap other : maps.values()) {
            if (other != map && other.lingers(from, to)) {
                lingering.add(other);
            }
        }
        if (lingering.isEmpty()) {
            map.add(from, to, done);
            return;
        }
        map.withhold(from, to);
        each(lingering, DurableMap::sync, error -> {
            if (error == null) {
                map.persist(from, to, done);
            } else {
                done.completed(error);
            }
        });
    }

    /** They are in sync in memory at once, durably some time later. */
    public void remove(String nodeName, int from, int to) {
        map(nodeName).remove(from, to);
    }

    boolean isDurable(String nodeName, int from, int to) {
        return map(nodeName).isDurable(from, to);
    }

    /** Completes when all that is in the maps is on stable storage; inline, when it is already. */
    public void awaitAdded(Completion done) {
        boolean added = false;
        for (DurableMap map : maps.values()) {
            added |= map.hasAdded();
        }
        if (added) {
            sync(done);
        } else {
            done.completed(null);
        }
    }

    Collection<DurableMap> all() {
        return maps.values();
    }

    /** Completes when everything done before is on stable storage, removals first: they may hold back what was added. */
    public void sync(Completion done) {
        each(maps.values(), DurableMap::sync, error -> {
            if (error == null) {
                each(maps.values(), DurableMap::awaitAdded, done);
            } else {
                done.completed(error);
            }
        });
    }

    private interface Step {
        void on(DurableMap map, Completion done);
    }

    /** One after the other, until one fails. */
    private static void each(Collection<DurableMap> maps, Step step, Completion done) {
        next(new ArrayDeque<>(maps), step, done);
    }

    private static void next(Deque<DurableMap> left, Step step, Completion done) {
        DurableMap map = left.poll();
        if (map == null) {
            done.completed(null);
            return;
        }
        step.on(map, error -> {
            if (error == null) {
                next(left, step, done);
            } else {
                done.completed(error);
            }
        });
    }

    private DurableMap map(String nodeName) {
        DurableMap map = maps.get(nodeName);
        if (map == null) {
            throw new IllegalArgumentException("no child " + nodeName);
        }
        return map;
    }
}
