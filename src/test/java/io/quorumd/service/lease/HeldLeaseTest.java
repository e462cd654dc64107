package io.quorumd.service.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.Fence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When I/O has to stop, by a clock that only the test moves. */
class HeldLeaseTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MemoryLeaseStore store = new MemoryLeaseStore();
    private final List<String> losses = new ArrayList<>();
    private long now = 1000 * SECOND;
    private final LeaseClaim claim = new LeaseClaim(store, "a", 15, () -> now);
    private HeldLease lease = held();
    private Fence fence = lease.fence();

    private HeldLease held() {
        LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
        return new HeldLease("disks", claim, store, terms, () -> now, losses::add);
    }

    @BeforeEach
    void take() throws LeaseException {
        assertThat(claim.take()).isTrue();
        lease = held();
        fence = lease.fence();
    }

    @Test
    void theFenceIsUpAtTheDeadlineWhetherAnybodyNoticesOrNot() {
        now += 10 * SECOND - 1;
        assertThat(fence.isUp()).isFalse();
        now += 1;
        assertThat(fence.isUp()).isTrue();
        assertThat(losses).isEmpty();
        lease.checkDeadline();
        assertThat(losses)
                .containsExactly("Lease disks is lost: it could not be renewed for 10 s"
                        + " (the process stood still, or the API server did not answer)");
    }

    @Test
    void aRenewalKeepsItDownFromItsBeginningOn() {
        now += 8 * SECOND;
        store.meanwhile = () -> now += SECOND;
        lease.renew();
        now = 1018 * SECOND - 1;
        assertThat(fence.isUp()).isFalse();
        now += 1;
        assertThat(fence.isUp()).isTrue();
    }

    @Test
    void aRenewalWhoseAnswerComesAfterTheDeadlineIsOfNoUse() {
        now += 9 * SECOND;
        store.meanwhile = () -> now += 2 * SECOND;
        lease.renew();
        assertThat(fence.isUp()).isTrue();
        lease.checkDeadline();
        assertThat(losses).hasSize(1);
    }

    @Test
    void failuresBeforeTheDeadlineCostNothingAndAreNamedAtTheEnd() {
        store.failure = "no answer from 10.96.0.1";
        now += 6 * SECOND;
        lease.renew();
        lease.checkDeadline();
        assertThat(fence.isUp()).isFalse();
        assertThat(losses).isEmpty();
        now += 4 * SECOND;
        lease.checkDeadline();
        assertThat(losses)
                .containsExactly("Lease disks is lost: it could not be renewed for 10 s (no answer from 10.96.0.1)");
    }

    @Test
    void oneThatAnotherHasIsLostAtOnceAndToldOnce() {
        store.keep(new LeaseRecord("", "b", 15, 1));
        lease.renew();
        assertThat(fence.isUp()).isTrue();
        lease.renew();
        lease.checkDeadline();
        assertThat(losses).containsExactly("Lease disks is lost: now b holds it");
    }

    @Test
    void oneThatIsGivenBackIsFencedFirstAndNobodysThen() {
        lease.release();
        assertThat(fence.isUp()).isTrue();
        assertThat(store.kept).extracting(LeaseRecord::holder).isEqualTo("");
        lease.checkDeadline();
        assertThat(losses).isEmpty();
    }

    @Test
    void oneThatIsAbandonedIsFencedAndRunsOut() {
        lease.abandon();
        assertThat(fence.isUp()).isTrue();
        assertThat(store.kept).extracting(LeaseRecord::holder).isEqualTo("a");
        lease.release();
        assertThat(store.kept).extracting(LeaseRecord::holder).isEqualTo("a");
    }

    @Test
    void theDeadlineIsWatchedWhileARenewalHangs() throws InterruptedException {
        Object told = new Object();
        HeldLease hanging = new HeldLease(
                "disks",
                claim,
                store,
                new LeaseTerms(Duration.ofSeconds(15), Duration.ofMillis(50), Duration.ofMillis(10)),
                System::nanoTime,
                loss -> {
                    synchronized (told) {
                        losses.add(loss);
                        told.notifyAll();
                    }
                });
        synchronized (told) {
            hanging.keep();
            while (losses.isEmpty()) {
                told.wait();
            }
        }
        assertThat(losses.getFirst()).startsWith("Lease disks is lost: ");
    }
}
