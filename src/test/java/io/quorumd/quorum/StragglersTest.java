package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StragglersTest {

    private final Stragglers stragglers = new Stragglers();

    @Test
    void aRegionIsCompleteWhenTheLastWriteToItHasEndedWell() {
        stragglers.left(1, false);
        stragglers.left(1, true);
        stragglers.left(2, false);
        assertThat(stragglers.ended(1, true)).isFalse();
        assertThat(stragglers.ended(2, true)).isTrue();
        assertThat(stragglers.ended(1, true)).isTrue();
        assertThat(stragglers.ended(1, true)).as("nothing was under way").isFalse();
    }

    @Test
    void notIfOneOfThemEndedBadly() {
        stragglers.left(1, false);
        stragglers.left(1, true);
        assertThat(stragglers.ended(1, false)).isFalse();
        assertThat(stragglers.ended(1, true)).isFalse();
        stragglers.left(1, false);
        assertThat(stragglers.ended(1, true)).as("what was before is forgotten").isTrue();
    }

    @Test
    void notIfItWasStaleBeforeTheFirst() {
        stragglers.left(1, true);
        stragglers.left(1, false);
        assertThat(stragglers.ended(1, true)).isFalse();
        assertThat(stragglers.ended(1, true)).isFalse();
    }

    @Test
    void notIfSomethingElseWasMissedThereMeanwhile() {
        for (int region = 1; region < 5; region++) {
            stragglers.left(region, false);
        }
        stragglers.missed(2, 4);
        assertThat(stragglers.ended(1, true)).isTrue();
        assertThat(stragglers.ended(2, true)).isFalse();
        assertThat(stragglers.ended(3, true)).isFalse();
        assertThat(stragglers.ended(4, true)).isTrue();
    }

    @Test
    void notIfAFlushSucceededMeanwhileThatItWasNoPartOf() {
        stragglers.flushed();
        stragglers.left(1, false);
        stragglers.left(2, false);
        assertThat(stragglers.ended(2, true)).isTrue();
        stragglers.flushed();
        assertThat(stragglers.ended(1, true)).isFalse();
    }
}
