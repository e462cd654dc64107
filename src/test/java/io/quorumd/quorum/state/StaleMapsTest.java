package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.sim.SimStorage.PowerLoss;
import io.quorumd.quorum.sim.SimStrand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Children take turns in being stale, one at a time; power is lost at every storage operation. Never is more than one of
 * them stale afterwards: a removal that is only in memory must not come back beside what was added after it.
 */
class StaleMapsTest {

    private static final VolumeIdentity VOLUME = VolumeIdentity.random(new Random(1));
    private static final int REGIONS = 300;
    private static final int TURNS = 6;
    private static final List<String> CHILDREN = List.of("a", "b", "c");

    @Test
    void aCrashNeverLeavesMoreStaleThanEverWereAtOneTime() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            long operations = new Turns(seed, Long.MAX_VALUE).run();
            assertThat(operations).isGreaterThan(TURNS);
            for (long at = 1; at <= operations + 1; at++) {
                Turns turns = new Turns(seed, at);
                turns.run();
                turns.checkAfterPowerLoss();
            }
        }
    }

    private static final class Turns {
        private final Random random;
        private final String name;
        private final SimStorage storage = new SimStorage();
        private final SimStrand strand;
        private final StaleMaps maps;
        private int added;

        Turns(int seed, long losePowerAt) throws Exception {
            random = new Random(seed);
            name = "seed " + seed + ", power lost at operation " + losePowerAt;
            strand = new SimStrand(random);
            Map<String, DurableMap> each = new LinkedHashMap<>();
            for (String child : CHILDREN) {
                MapFile.create(storage, path(child), VOLUME, REGIONS, false);
                MapFile file = MapFile.open(storage, path(child), VOLUME, REGIONS);
                each.put(child, new DurableMap(file, path(child), strand, strand.worker(1_000_000)));
            }
            maps = new StaleMaps(each);
            storage.losePowerAt(losePowerAt == Long.MAX_VALUE ? losePowerAt : storage.operations() + losePowerAt);
        }

        private static String path(String child) {
            return "disk0/stale-" + child + ".map";
        }

        long run() {
            long before = storage.operations();
            try {
                for (int turn = 0; turn < TURNS; turn++) {
                    takeTurn(CHILDREN.get(random.nextInt(CHILDREN.size())));
                }
                strand.runAll();
                assertThat(added).as(name).isEqualTo(TURNS);
            } catch (PowerLoss loss) {
                // what the test is about
            }
            return storage.operations() - before;
        }

        /** The child is stale for a while, in a region that others were stale in before. */
        private void takeTurn(String child) {
            int from = random.nextInt(3);
            int to = from + 1 + random.nextInt(3);
            maps.add(child, from, to, error -> {
                assertThat(error).as(name).isNull();
                added++;
            });
            for (int step = random.nextInt(5); step > 0; step--) {
                strand.step();
            }
            maps.remove(child, from, to);
        }

        void checkAfterPowerLoss() throws Exception {
            SimStorage left = storage.afterPowerLoss(random);
            RegionMap[] stale = new RegionMap[CHILDREN.size()];
            for (int i = 0; i < stale.length; i++) {
                stale[i] = MapFile.open(left, path(CHILDREN.get(i)), VOLUME, REGIONS)
                        .found();
            }
            for (int region = 0; region < REGIONS; region++) {
                int count = 0;
                for (RegionMap map : stale) {
                    count += map.contains(region) ? 1 : 0;
                }
                assertThat(count).as(name + ", region " + region).isLessThanOrEqualTo(1);
            }
        }
    }
}
