package io.quorumd.service.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How the Lease is waited for. */
class LeaseWaitTest {

    private static final LeaseTerms TERMS =
            new LeaseTerms(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    private final MemoryLeaseStore store = new MemoryLeaseStore();
    private long now;
    private String shown = "";
    private int rooms;
    private boolean closed;

    private LeaseWait waiting(LeaseTerms terms) {
        LeaseClaim claim = new LeaseClaim(store, "b", 15, () -> now);
        return new LeaseWait("disks", claim, terms, reason -> {
            rooms++;
            shown = reason.get();
            store.kept = null;
            store.failure = null;
            return () -> closed = true;
        });
    }

    @Test
    void nothingIsShownWhereNothingIsWaitedFor() {
        try (LeaseWait wait = waiting(TERMS)) {
            wait.untilTaken();
        }
        assertThat(rooms).isZero();
    }

    @Test
    void whileItIsWaitedForItsHolderIsNamed() {
        store.keep(new LeaseRecord("", "quorumd-0_1", 15, 0));
        try (LeaseWait wait =
                waiting(new LeaseTerms(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofMillis(1)))) {
            wait.untilTaken();
            assertThat(closed).isFalse();
        }
        assertThat(shown).isEqualTo("waiting for the Lease disks, which quorumd-0_1 holds");
        assertThat(rooms).isEqualTo(1);
        assertThat(closed).isTrue();
    }

    @Test
    void isTriedAgainWhenItRunsOutAndNotLater() {
        store.keep(new LeaseRecord("", "a", 15, 0));
        LeaseWait wait = waiting(TERMS);
        assertThat(wait.attempt()).isEqualTo(TERMS.retryPeriod());
        now += TimeUnit.SECONDS.toNanos(14);
        assertThat(wait.attempt()).isEqualTo(Duration.ofSeconds(1));
        now += TimeUnit.SECONDS.toNanos(1);
        assertThat(wait.attempt()).isZero();
    }

    @Test
    void anApiServerThatDoesNotAnswerIsAskedAtGrowingDistances() {
        store.failure = "down";
        LeaseWait wait = waiting(TERMS);
        assertThat(wait.attempt()).isEqualTo(Duration.ofSeconds(2));
        assertThat(wait.attempt()).isEqualTo(Duration.ofSeconds(4));
        for (int i = 0; i < 40; i++) {
            wait.attempt();
        }
        assertThat(wait.attempt()).isEqualTo(Duration.ofSeconds(8));
    }
}
