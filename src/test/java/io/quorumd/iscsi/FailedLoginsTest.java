package io.quorumd.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FailedLoginsTest {

    private long now;
    private final FailedLogins failures = new FailedLogins(() -> now);
    private final Source source = source("10.0.0.1");

    private static Source source(String address) {
        return Source.of(new InetSocketAddress(address, 1));
    }

    private long waitMillis(Source of) {
        return TimeUnit.NANOSECONDS.toMillis(failures.waitNanos(of));
    }

    @Test
    void waitsGrowUpToALimit() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            waits.add(waitMillis(source));
            failures.add(source);
        }
        assertThat(waits).containsExactly(0L, 0L, 0L, 0L, 125L, 250L, 500L, 1000L, 2000L, 2000L, 2000L, 2000L);
        for (int i = 0; i < 100; i++) {
            failures.add(source);
        }
        assertThat(waitMillis(source)).isEqualTo(2000);
        assertThat(waitMillis(source("10.0.0.2"))).isZero();
    }

    @Test
    void aMinuteWithoutFailureIsANewBeginning() {
        for (int i = 0; i < 20; i++) {
            failures.add(source);
            now += TimeUnit.SECONDS.toNanos(59);
        }
        assertThat(waitMillis(source)).isEqualTo(2000);
        now += TimeUnit.SECONDS.toNanos(2);
        assertThat(waitMillis(source)).isZero();
        failures.add(source);
        assertThat(waitMillis(source)).isZero();
    }

    @Test
    void theLatestSourcesAreRemembered() {
        for (int i = 0; i < 10; i++) {
            failures.add(source);
        }
        for (int i = 0; i < 4095; i++) {
            failures.add(source("10.1." + i / 256 + "." + i % 256));
        }
        assertThat(waitMillis(source)).isEqualTo(2000);
        failures.add(source("10.2.0.0"));
        assertThat(waitMillis(source)).isZero();
    }
}
