package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void withoutALimitAndWithoutForegroundRequestsNothingWaits() {
        assertThat(Pace.delay(1 << 20, SECOND, false, 0)).isZero();
    }

    @Test
    void aStepAndItsPauseTogetherKeepToTheRate() {
        assertThat(Pace.delay(1000, SECOND, false, 500)).isEqualTo(SECOND);
        assertThat(Pace.delay(1000, 3 * SECOND, false, 500)).isZero();
    }

    @Test
    void withForegroundRequestsAQuarterOfTheTimeIsTaken() {
        assertThat(Pace.delay(1000, SECOND, true, 0)).isEqualTo(3 * SECOND);
    }

    @Test
    void theLongerPauseCounts() {
        assertThat(Pace.delay(1000, SECOND, true, 100)).isEqualTo(9 * SECOND);
        assertThat(Pace.delay(1000, SECOND, true, 500)).isEqualTo(3 * SECOND);
    }
}
