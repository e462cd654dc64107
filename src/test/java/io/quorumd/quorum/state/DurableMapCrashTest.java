package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.sim.SimStorage;
import io.quorumd.quorum.sim.SimStorage.PowerLoss;
import io.quorumd.quorum.sim.SimStrand;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Power is lost at every storage operation of random histories; what was reported durable must be there afterwards. */
class DurableMapCrashTest {

    private static final VolumeIdentity VOLUME = VolumeIdentity.random(new Random(1));
    private static final String PATH = "disk0/intent.map";
    private static final int REGIONS = RegionMap.PAGE_REGIONS + 100;

    @Test
    void neverLosesWhatWasDurableNorInventsAnything() throws Exception {
        for (int seed = 0; seed < 60; seed++) {
            long operations = new History(seed, Long.MAX_VALUE).run();
            for (long at = 1; at <= operations + 1; at++) {
                History history = new History(seed, at);
                history.run();
                history.checkAfterPowerLoss();
            }
        }
    }

    @Test
    void keepsEverythingOnClosingCleanlyInBothCopies() throws Exception {
        for (int seed = 0; seed < 50; seed++) {
            History history = new History(seed, Long.MAX_VALUE);
            history.run();
            history.closeAndCheckBothCopies();
        }
    }

    private static final class History {
        private final Random random;
        private final String name;
        private final SimStorage storage = new SimStorage();
        private final SimStrand strand;
        private final DurableMap map;
        /** Durable according to a completion, and not removed since. */
        private final RegionMap promised = new RegionMap(REGIONS);
        /** Ever added: all that may be found. */
        private final RegionMap everAdded = new RegionMap(REGIONS);

        private int incomplete;

        History(int seed, long losePowerAt) throws Exception {
            random = new Random(seed);
            name = "seed " + seed + ", power lost at operation " + losePowerAt;
            strand = new SimStrand(random);
            MapFile.create(storage, PATH, VOLUME, REGIONS, false);
            map = open(storage);
            storage.losePowerAt(losePowerAt == Long.MAX_VALUE ? losePowerAt : storage.operations() + losePowerAt);
        }

        private DurableMap open(SimStorage from) throws Exception {
            MapFile file = MapFile.open(from, PATH, VOLUME, REGIONS);
            return new DurableMap(file, PATH, strand, strand.worker(1_000_000));
        }

        long run() {
            long before = storage.operations();
            try {
                for (int step = 0; step < 25; step++) {
                    act();
                    for (int turn = random.nextInt(4); turn > 0; turn--) {
                        strand.step();
                        promise();
                    }
                }
                strand.runAll();
                assertThat(incomplete).as(name).isZero();
            } catch (PowerLoss loss) {
                // what the test is about
            }
            return storage.operations() - before;
        }

        private void act() {
            int base = random.nextBoolean() ? 0 : RegionMap.PAGE_REGIONS - 5;
            int from = base + random.nextInt(10);
            int to = from + 1 + random.nextInt(3);
            switch (random.nextInt(5)) {
                case 0 -> {
                    promised.remove(from, to);
                    map.remove(from, to);
                }
                case 1 -> storage.fail(random.nextInt(2));
                default -> {
                    everAdded.add(from, to);
                    incomplete++;
                    map.add(from, to, error -> incomplete--);
                }
            }
            promise();
        }

        /** Whatever the map calls durable now, a write may rely on. */
        private void promise() {
            for (int region = map.regions().nextSet(0, REGIONS); region < REGIONS; ) {
                assertThat(everAdded.contains(region)).as(name).isTrue();
                if (map.isDurable(region, region + 1)) {
                    promised.add(region, region + 1);
                }
                region = map.regions().nextSet(region + 1, REGIONS);
            }
        }

        void checkAfterPowerLoss() throws Exception {
            for (int fate = 0; fate < 3; fate++) {
                SimStorage survivor = storage.afterPowerLoss(random);
                RegionMap found = MapFile.open(survivor, PATH, VOLUME, REGIONS).found();
                for (int region = 0; region < REGIONS; region = promised.nextSet(region + 1, REGIONS)) {
                    if (promised.contains(region)) {
                        assertThat(found.contains(region))
                                .as("%s: region %d", name, region)
                                .isTrue();
                    }
                }
                for (int region = found.nextSet(0, REGIONS); region < REGIONS; ) {
                    assertThat(everAdded.contains(region)).as(name).isTrue();
                    region = found.nextSet(region + 1, REGIONS);
                }
            }
        }

        void closeAndCheckBothCopies() throws Exception {
            storage.fail(0);
            map.close(error -> assertThat(error).isNull());
            strand.runAll();
            for (int damaged = 0; damaged < 4; damaged++) {
                SimStorage copy = storage.copy();
                copy.bytes(PATH)[damaged * MapPage.BYTES + random.nextInt(MapPage.BYTES)] ^= 1;
                MapFile file = MapFile.open(copy, PATH, VOLUME, REGIONS);
                assertThat(file.halfDamaged().cardinality()).as(name).isEqualTo(1);
                for (int region = 0; region < REGIONS; region++) {
                    assertThat(file.found().contains(region))
                            .as(name)
                            .isEqualTo(map.regions().contains(region));
                }
            }
        }
    }
}
