package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.quorum.state.RegionMap;
import org.junit.jupiter.api.Test;

class UnflushedTest {

    private static final int REGIONS = 8;

    private final Unflushed unflushed = new Unflushed(new RegionMap(REGIONS), 3);

    @Test
    void whatIsWrittenDuringAFlushIsForTheNextOne() {
        assertThat(unflushed.isEmpty()).isTrue();
        unflushed.written(1, 3);
        assertThat(unflushed.isEmpty()).isFalse();
        RegionMap flushing = unflushed.beginFlush();
        unflushed.written(5, 6);
        unflushed.written(2, 3);
        assertThat(flushing.count()).isEqualTo(2);
        assertThat(flushing.containsAll(1, 3)).isTrue();
        assertThat(unflushed.isEmpty()).isFalse();
        unflushed.flushed();
        assertThat(unflushed.contains(1)).isFalse();
        assertThat(unflushed.contains(2)).isTrue();
        assertThat(unflushed.contains(5)).isTrue();
        assertThat(unflushed.next(0, REGIONS)).isEqualTo(2);
        unflushed.beginFlush();
        assertThat(unflushed.isEmpty()).isFalse();
        unflushed.flushed();
        assertThat(unflushed.isEmpty()).isTrue();
    }

    @Test
    void whatAFlushFailedForIsFlushedAgain() {
        unflushed.written(1, 2);
        unflushed.beginFlush();
        unflushed.written(4, 5);
        assertThat(unflushed.contains(1)).isTrue();
        assertThat(unflushed.next(0, REGIONS)).isEqualTo(1);
        assertThat(unflushed.next(2, REGIONS)).isEqualTo(4);
        assertThat(unflushed.next(5, REGIONS)).isEqualTo(REGIONS);
        assertThat(unflushed.beginFlush().count()).isEqualTo(2);
    }

    @Test
    void whatAProcessBeforeThisOneMayNotHaveFlushedIsUnflushed() {
        RegionMap before = new RegionMap(REGIONS);
        before.add(3, 5);
        Unflushed after = new Unflushed(before, 3);
        assertThat(after.isEmpty()).isFalse();
        assertThat(after.next(0, REGIONS)).isEqualTo(3);
        assertThat(after.beginFlush().count()).isEqualTo(2);
        after.flushed();
        assertThat(after.isInherited(2)).isFalse();
        assertThat(after.isInherited(3)).isTrue();
        after.believe(3);
        assertThat(after.isInherited(3)).isFalse();
        assertThat(after.isInherited(4)).isTrue();
    }

    @Test
    void ofOneChildAlsoWhatItIsInDoubtAbout() {
        unflushed.written(5, 6);
        unflushed.doubt(1, 3);
        assertThat(unflushed.next(1, 0, REGIONS)).isEqualTo(3);
        assertThat(unflushed.next(1, 4, REGIONS)).isEqualTo(5);
        assertThat(unflushed.next(0, 0, REGIONS)).isEqualTo(5);
        assertThat(unflushed.next(1, 6, REGIONS)).isEqualTo(REGIONS);
    }

    @Test
    void aDoubtIsOfOneChildAndOneRegionUntilItIsWrittenAgain() {
        assertThat(unflushed.firstDoubtful(REGIONS)).isEqualTo(REGIONS);
        unflushed.doubt(2, 6);
        unflushed.doubt(0, 4);
        unflushed.doubt(2, 4);
        assertThat(unflushed.doubtersOf(4)).isEqualTo(0b101);
        assertThat(unflushed.doubtersOf(6)).isEqualTo(0b100);
        assertThat(unflushed.doubtersOf(5)).isZero();
        assertThat(unflushed.firstDoubtful(REGIONS)).isEqualTo(4);
        unflushed.flushed();
        unflushed.believe(4);
        assertThat(unflushed.doubtersOf(4)).isZero();
        assertThat(unflushed.doubtersOf(6)).isEqualTo(0b100);
        assertThat(unflushed.firstDoubtful(REGIONS)).isEqualTo(6);
        unflushed.believe(6);
        assertThat(unflushed.firstDoubtful(REGIONS)).isEqualTo(REGIONS);
    }
}
