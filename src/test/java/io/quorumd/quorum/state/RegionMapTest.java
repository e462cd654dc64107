package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void addsAndLeavesOutWhatAnotherHas() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int regions = 1 + random.nextInt(seed % 2 == 0 ? 100 : 2 * RegionMap.PAGE_REGIONS);
            RegionMap one = new RegionMap(regions);
            RegionMap other = new RegionMap(regions);
            BitSet both = new BitSet();
            BitSet left = new BitSet();
            BitSet taken = new BitSet();
            for (int i = 0; i < 6; i++) {
                int from = random.nextInt(regions);
                int to = from + 1 + random.nextInt(regions - from);
                RegionMap map = i % 2 == 0 ? one : other;
                map.add(from, to);
                both.set(from, to);
                (i % 2 == 0 ? left : taken).set(from, to);
            }
            left.andNot(taken);
            assertSame(one.without(other), left, regions);
            one.addAll(other);
            assertSame(one, both, regions);
            assertSame(other, taken, regions);
            one.clear();
            assertThat(one.isEmpty()).isTrue();
        }
    }

    private static void assertSame(RegionMap map, BitSet model, int regions) {
        assertThat(map.regions()).isEqualTo(regions);
        assertThat(map.count()).isEqualTo(model.cardinality());
        assertThat(map.isEmpty()).isEqualTo(model.isEmpty());
        for (int at = model.nextSetBit(0); at >= 0; at = model.nextSetBit(at + 1)) {
            assertThat(map.contains(at)).isTrue();
        }
    }

    @Test
    void endsWithItsLastRegion() {
        assertThat(new RegionMap(0).isEmpty()).isTrue();
        assertThat(RegionMap.pagesFor(0)).isZero();
        assertThat(RegionMap.pagesFor(RegionMap.PAGE_REGIONS)).isEqualTo(1);
        assertThat(RegionMap.pagesFor(RegionMap.PAGE_REGIONS + 1)).isEqualTo(2);
        RegionMap page = new RegionMap(RegionMap.PAGE_REGIONS);
        assertThat(page.nextSet(0, RegionMap.PAGE_REGIONS)).isEqualTo(RegionMap.PAGE_REGIONS);
        assertThat(page.nextSet(RegionMap.PAGE_REGIONS, RegionMap.PAGE_REGIONS)).isEqualTo(RegionMap.PAGE_REGIONS);
        page.add(0, RegionMap.PAGE_REGIONS);
        assertThat(page.nextClear(0, RegionMap.PAGE_REGIONS)).isEqualTo(RegionMap.PAGE_REGIONS);
    }

    /** A wrong range is a defect of the caller's; bits beyond the end would be written to the map's file. */
    @Test
    void refusesRangesThatItDoesNotHave() {
        RegionMap map = new RegionMap(10);
        assertThatThrownBy(() -> new RegionMap(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> map.add(5, 11)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.remove(5, 11)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.contains(10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.nextSet(0, 11)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.nextClear(4, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> map.add(-1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(map.isEmpty()).isTrue();
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
