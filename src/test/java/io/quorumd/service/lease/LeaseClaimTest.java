package io.quorumd.service.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who may take the Lease, and when, by clocks that agree about nothing but their speed. */
class LeaseClaimTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MemoryLeaseStore store = new MemoryLeaseStore();
    private long now = 1000 * SECOND;
    private final LeaseClaim a = claim("a", 0);
    /** Its clock shows something else, as every host's does. */
    private final LeaseClaim b = claim("b", Long.MAX_VALUE - 500 * SECOND);

    private LeaseClaim claim(String identity, long clockAhead) {
        return new LeaseClaim(store, identity, 15, () -> now + clockAhead);
    }

    @Test
    void isTakenWhereThereIsNone() throws LeaseException {
        assertThat(a.take()).isTrue();
        assertThat(store.kept).isEqualTo(new LeaseRecord("1", "a", 15, 0));
    }

    @Test
    void isLeftToWhoeverHasItUntilItHasNotChangedForItsDuration() throws LeaseException {
        a.take();
        now += 14 * SECOND;
        assertThat(b.take()).as("seen for the first time").isFalse();
        assertThat(b.holder()).isEqualTo("a");
        assertThat(b.leftNanos()).isEqualTo(15 * SECOND);
        now += 15 * SECOND - 1;
        assertThat(b.take()).isFalse();
        now += 1;
        assertThat(b.take()).isTrue();
        assertThat(store.kept).isEqualTo(new LeaseRecord("2", "b", 15, 1));
    }

    @Test
    void isLeftToWhoeverRenewsIt() throws LeaseException {
        a.take();
        for (int i = 0; i < 10; i++) {
            now += 10 * SECOND;
            assertThat(a.renew()).isTrue();
            assertThat(b.take()).isFalse();
        }
    }

    @Test
    void itsHoldersDurationCountsNotOnesOwn() throws LeaseException {
        store.keep(new LeaseRecord("", "a", 60, 0));
        assertThat(b.take()).isFalse();
        now += 59 * SECOND;
        assertThat(b.take()).isFalse();
        now += SECOND;
        assertThat(b.take()).isTrue();
    }

    @Test
    void isTakenAtOnceAfterItWasGivenBack() throws LeaseException {
        a.take();
        assertThat(b.take()).isFalse();
        a.release();
        assertThat(b.take()).isTrue();
        assertThat(store.kept).isEqualTo(new LeaseRecord("3", "b", 15, 1));
    }

    @Test
    void isGivenBackThoughARenewalComesInBetween() throws LeaseException {
        a.take();
        store.meanwhile = () -> store.meanwhile = () -> {
            store.meanwhile = () -> {};
            store.keep(new LeaseRecord("", "a", 15, 0));
        };
        a.release();
        assertThat(store.kept).extracting(LeaseRecord::holder).isEqualTo("");
    }

    @Test
    void nobodyGivesBackWhatIsNotHisAnyMore() throws LeaseException {
        a.take();
        store.keep(new LeaseRecord("", "b", 15, 1));
        a.release();
        assertThat(store.kept).extracting(LeaseRecord::holder).isEqualTo("b");
    }

    @Test
    void isHeldSinceTheRequestBeganNotSinceItsAnswer() throws LeaseException {
        store.meanwhile = () -> now += SECOND;
        a.take();
        assertThat(a.heldSince()).as("after one second's look").isEqualTo(1001 * SECOND);
        a.renew();
        assertThat(a.heldSince()).isEqualTo(1002 * SECOND);
    }

    @Test
    void anothersIsCountedFromWhenItWasSeenNotFromWhenItWasAskedFor() throws LeaseException {
        a.take();
        store.meanwhile = () -> now += 4 * SECOND;
        assertThat(b.take()).isFalse();
        assertThat(b.leftNanos()).isEqualTo(15 * SECOND);
    }

    @Test
    void aRenewalThatFailsDoesNotProlongIt() throws LeaseException {
        a.take();
        long since = a.heldSince();
        now += 5 * SECOND;
        store.failure = "down";
        assertThatThrownBy(a::renew).isInstanceOf(LeaseException.class).hasMessage("down");
        assertThat(a.heldSince()).isEqualTo(since);
    }

    @Test
    void whatWasDoneWithoutAnAnswerIsRecognised() throws LeaseException {
        store.losesAnswers = true;
        store.failure = "down";
        now += SECOND;
        store.kept = null;
        assertThatThrownBy(a::take).hasMessage("down");
        store.failure = null;
        assertThat(a.take()).isTrue();
        now += SECOND;
        store.failure = "down";
        assertThatThrownBy(a::renew).hasMessage("down");
        store.failure = null;
        assertThat(a.renew()).isTrue();
        assertThat(a.heldSince()).isEqualTo(now);
    }

    @Test
    void isLostToWhoeverHasItNow() throws LeaseException {
        a.take();
        store.keep(new LeaseRecord("", "b", 15, 1));
        assertThat(a.renew()).isFalse();
        assertThat(a.holder()).isEqualTo("b");
    }

    @Test
    void isLostWhenItIsDeletedSinceAnybodyMayMakeItAnew() throws LeaseException {
        a.take();
        store.kept = null;
        assertThat(a.renew()).isFalse();
        assertThat(a.holder()).isEmpty();
    }

    @Test
    void aPersonWhoEditsItTakesItFromNobody() throws LeaseException {
        a.take();
        store.keep(new LeaseRecord("", "a", 15, 0));
        now += SECOND;
        assertThat(a.renew()).isTrue();
        assertThat(a.heldSince()).isEqualTo(now);
    }

    @Test
    void onlyOneOfTwoWhoSeeItRunOutGetsIt() throws LeaseException {
        LeaseClaim c = claim("c", 7);
        a.take();
        b.take();
        c.take();
        now += 15 * SECOND;
        store.meanwhile = () -> {
            store.meanwhile = () -> {};
            store.keep(new LeaseRecord("", "c", 15, 1));
        };
        assertThat(b.take()).isFalse();
        assertThat(b.holder()).isEqualTo("c");
    }
}
