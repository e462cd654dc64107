package io.quorumd.block.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BriefLookTest {

    private static final Duration BUSY_POLL = Duration.ofNanos(50);
    private static final int LIMIT = 100;
    private static final int BACKOFF_MAX = 63;
    private static final int WANTED = 1_000_000;
    private static final int WANTED_PAUSES = 1000;

    private long now = 1_000_000;
    /** When there is something to be found. */
    private long due;

    private int looks;
    private final BriefLook look = new BriefLook(BUSY_POLL, () -> now);

    /** Each look takes ten nanoseconds. Returns how many. */
    private int look(BriefLook one) {
        looks = 0;
        one.lookFor(() -> {
            looks++;
            now += 10;
            return now >= due;
        });
        return looks;
    }

    private int lookInVain() {
        due = Long.MAX_VALUE;
        return look(look);
    }

    private int lookAndFind() {
        due = now;
        return look(look);
    }

    @Test
    void endsWithWhatIsFound() {
        due = now + 40;
        assertThat(look(look)).isEqualTo(4);
    }

    @Test
    void endsAfterTheLimit() {
        long began = now;
        lookInVain();
        assertThat(now - began).isBetween(LIMIT + 1L, LIMIT + 20L);
    }

    @Test
    void isTriedEverMoreRarelyInVain() {
        assertThat(lookInVain()).isPositive();
        for (int pauses = 0; pauses <= BACKOFF_MAX; pauses = 2 * pauses + 1) {
            assertThat(pausesBeforeTheNextLook()).isEqualTo(pauses);
        }
        assertThat(pausesBeforeTheNextLook()).isEqualTo(BACKOFF_MAX);
    }

    @Test
    void isTriedEachTimeAgainOnceSomethingWasFound() {
        lookInVain();
        lookInVain();
        assertThat(lookAndFind()).isZero();
        assertThat(lookAndFind()).isPositive();
        for (int i = 0; i < 100; i++) {
            assertThat(lookAndFind()).isPositive();
        }
        assertThat(lookInVain()).isPositive();
        assertThat(lookInVain()).isPositive();
    }

    @Test
    void isLeftOutWhereOthersHadTheProcessor() {
        look.lookFor(() -> {
            // While it yields.
            now += WANTED;
            return looks++ > 0;
        });
        assertThat(pausesBeforeTheNextLook()).isEqualTo(WANTED_PAUSES);
        assertThat(pausesBeforeTheNextLook()).isZero();
    }

    @Test
    void isNeverTriedWithoutBusyPolling() {
        assertThat(look(new BriefLook(Duration.ZERO, () -> now))).isZero();
    }

    /** All of them in vain. */
    private int pausesBeforeTheNextLook() {
        int pauses = 0;
        while (lookInVain() == 0) {
            pauses++;
        }
        return pauses;
    }
}
