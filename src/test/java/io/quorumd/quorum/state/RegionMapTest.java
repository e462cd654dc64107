package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegionMapTest {

    @Test
    void behavesLikeABitSet() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int regions = 1 + random.nextInt(seed % 2 == 0 ? 200 : 3 * RegionMap.PAGE_REGIONS);
            RegionMap map = new RegionMap(regions);
            BitSet model = new BitSet();
            for (int step = 0; step < 60; step++) {
                int from = random.nextInt(regions + 1);
                int to = from + random.nextInt(regions - from + 1);
                if (random.nextBoolean()) {
                    map.add(from, to);
                    model.set(from, to);
                } else {
                    map.remove(from, to);
                    model.clear(from, to);
                }
                int at = random.nextInt(regions);
                int next = model.nextSetBit(at);
                assertThat(map.count()).isEqualTo(model.cardinality());
                assertThat(map.count(from, to)).isEqualTo(model.get(from, to).cardinality());
                assertThat(map.contains(at)).isEqualTo(model.get(at));
                assertThat(map.nextSet(at, regions)).isEqualTo(next < 0 ? regions : next);
                assertThat(map.nextClear(at, regions)).isEqualTo(Math.min(regions, model.nextClearBit(at)));
                assertThat(map.containsAll(from, to))
                        .isEqualTo(model.get(from, to).cardinality() == to - from);
                assertThat(map.containsAny(from, to))
                        .isEqualTo(!model.get(from, to).isEmpty());
            }
        }
    }

    @Test
    void takesNoMemoryForPagesWithoutRegions() {
        RegionMap map = new RegionMap(3 * RegionMap.PAGE_REGIONS);
        map.add(RegionMap.PAGE_REGIONS, RegionMap.PAGE_REGIONS + 1);
        assertThat(map.page(0)).isNull();
        assertThat(map.page(1)).isNotNull();
        map.clear();
        assertThat(map.page(1)).isNull();
    }
}
