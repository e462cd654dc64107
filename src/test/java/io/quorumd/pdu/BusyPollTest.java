package io.quorumd.pdu;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.SelectStrategy;
import org.junit.jupiter.api.Test;

class BusyPollTest {

    private static final int LIMIT = 50;
    private static final int WORK_MAX = 2 * LIMIT;
    private static final int BACKOFF_MAX = 63;
    private static final int WANTED = 1_000_000;
    private static final int WANTED_PAUSES = 1000;
    private static final int HELPED_TURNS = 64;

    private long now = 1_000_000;
    private int ready;
    private int looks;
    private final BusyPoll poll = new BusyPoll(LIMIT, () -> now);

    private int next(boolean hasTasks) {
        try {
            return poll.calculateStrategy(
                    () -> {
                        looks++;
                        return ready;
                    },
                    hasTasks);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private int next() {
        return next(false);
    }

    /** Looks until it would sleep; whether it looked at all. */
    private boolean looksInVain() {
        ready = 0;
        int before = looks;
        while (next() == SelectStrategy.CONTINUE) {
            now += 10;
        }
        return looks > before;
    }

    @Test
    void looksUntilTheLimitAndThenSleeps() {
        assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
        now += LIMIT;
        assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
        now++;
        assertThat(next()).isEqualTo(SelectStrategy.SELECT);
        assertThat(looks).isEqualTo(3);
    }

    @Test
    void givesWhatItFindsAndLooksAgainAfterShortWork() {
        for (int i = 0; i < 1000; i++) {
            ready = 0;
            assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
            now += LIMIT / 2;
            ready = 1;
            assertThat(next()).isEqualTo(1);
            now += LIMIT;
        }
    }

    @Test
    void looksAgainAfterWhatOtherThreadsHandedIn() {
        for (int i = 0; i < 1000; i++) {
            assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
            now += LIMIT / 2;
            assertThat(next(true)).isZero();
            now += LIMIT;
        }
    }

    @Test
    void offersTheProcessorWhileOthersWorkForIt() {
        assertThat(poll.isHelped()).isFalse();
        next(true);
        for (int turns = 0; turns < HELPED_TURNS; turns++) {
            assertThat(poll.isHelped()).isTrue();
            ready = 0;
            assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
            ready = 1;
            assertThat(next()).isEqualTo(1);
        }
        assertThat(poll.isHelped()).isFalse();
    }

    @Test
    void whatIsThereAtOnceIsTakenWithTasksToo() {
        ready = 3;
        assertThat(next(true)).isEqualTo(3);
        assertThat(next()).isEqualTo(3);
    }

    @Test
    void triesEverMoreRarelyWhatIsInVain() {
        assertThat(looksInVain()).isTrue();
        for (int sleeps = 0; sleeps < BACKOFF_MAX; sleeps = 2 * sleeps + 1) {
            sleepsAtOnce(sleeps);
            assertThat(looksInVain()).isTrue();
        }
        sleepsAtOnce(BACKOFF_MAX);
        assertThat(looksInVain()).isTrue();
        sleepsAtOnce(BACKOFF_MAX);
    }

    @Test
    void sleepsAfterLongWorkAndForgetsTheFailuresAfterShortWork() {
        looksInVain();
        looksInVain();
        sleepsAtOnce(1);
        looksInVain();
        sleepsAtOnce(3);
        ready = 1;
        assertThat(next()).isEqualTo(1);
        now += WORK_MAX + 1;
        assertThat(next()).isEqualTo(SelectStrategy.SELECT);
        sleepsAtOnce(7);
        assertThat(next()).isEqualTo(1);
        now += WORK_MAX;
        assertThat(looksInVain()).isTrue();
        sleepsAtOnce(0);
        assertThat(looksInVain()).isTrue();
    }

    @Test
    void sleepsWhereOthersHadTheProcessor() {
        assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
        now += WANTED;
        assertThat(next(true)).isZero();
        sleepsAtOnce(WANTED_PAUSES);
        assertThat(looksInVain()).isTrue();
        assertThat(looksInVain()).isTrue();
    }

    @Test
    void sleepsThereWhenNothingCameMeanwhileAsWell() {
        assertThat(next()).isEqualTo(SelectStrategy.CONTINUE);
        now += WANTED;
        assertThat(next()).isEqualTo(SelectStrategy.SELECT);
        sleepsAtOnce(WANTED_PAUSES);
        assertThat(looksInVain()).isTrue();
    }

    private void sleepsAtOnce(int times) {
        int before = looks;
        for (int i = 0; i < times; i++) {
            assertThat(next()).isEqualTo(SelectStrategy.SELECT);
        }
        assertThat(looks).isEqualTo(before);
    }
}
