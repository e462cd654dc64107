package io.quorumd.service.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogRateTest {

    private static final long SECOND = 1_000_000_000L;

    private final LogRate rate = new LogRate(3);

    @Test
    void aBurstPassesAndTheRestIsCounted() {
        for (int i = 0; i < 3; i++) {
            assertThat(rate.admit("a", 0)).isZero();
        }
        for (int i = 0; i < 100; i++) {
            assertThat(rate.admit("a", SECOND - 1)).isEqualTo(-1);
        }

        assertThat(rate.admit("a", SECOND)).isEqualTo(100);
        assertThat(rate.admit("a", SECOND)).isEqualTo(-1);
        assertThat(rate.admit("a", 2 * SECOND)).isEqualTo(1);
    }

    @Test
    void eachSubjectHasARateOfItsOwn() {
        for (int i = 0; i < 4; i++) {
            rate.admit("a", 0);
        }

        assertThat(rate.admit("b", 0)).isZero();
    }
}
