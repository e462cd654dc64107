package io.quorumd.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RangeQueueTest {

    private final RangeQueue queue = new RangeQueue();
    private final List<Claim> live = new ArrayList<>();
    private int order;

    @Test
    void readersShareAndAWriterWaitsForThem() {
        Claim first = claim(0, 10, false);
        Claim second = claim(5, 10, false);
        Claim writer = claim(8, 10, true);
        Claim late = claim(9, 1, false);
        assertThat(List.of(first.held, second.held, writer.held, late.held)).containsExactly(true, true, false, false);

        queue.release(first);
        assertThat(writer.held).isFalse();
        queue.release(second);
        assertThat(writer.held).isTrue();
        assertThat(late.held).as("came after the writer").isFalse();
        queue.release(writer);
        assertThat(late.held).isTrue();
    }

    @Test
    void neighboursDoNotConflict() {
        assertThat(claim(0, 8, true).held).isTrue();
        assertThat(claim(8, 8, true).held).isTrue();
    }

    @Test
    void aWithdrawnClaimLetsThoseBehindItPass() {
        claim(0, 8, false);
        Claim writer = claim(0, 8, true);
        Claim reader = claim(0, 8, false);
        queue.release(writer);
        assertThat(writer.held).isFalse();
        assertThat(reader.held).isTrue();
    }

    @Test
    void aLongQueueIsNotADeepStack() {
        int[] ran = {0};
        Claim first = claim(0, 1, true);
        for (int i = 0; i < 100_000; i++) {
            RangeQueue.Hold next = new RangeQueue.Hold() {
                @Override
                protected void granted() {
                    ran[0]++;
                    queue.release(this);
                }
            };
            queue.acquire(next, 0, 1, false);
        }
        queue.release(first);
        assertThat(ran[0]).isEqualTo(100_000);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aClaimIsMadeOnceAndReleasedOnce() {
        Claim claim = claim(0, 8, true);
        assertThatThrownBy(() -> queue.acquire(claim, 0, 8, true)).isInstanceOf(IllegalStateException.class);
        queue.release(claim);
        assertThatThrownBy(() -> queue.release(claim)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aClaimMayBeWithdrawnWhileItIsAboutToBeTold() {
        Claim writer = claim(0, 8, true);
        List<String> told = new ArrayList<>();
        RangeQueue.Hold second = new RangeQueue.Hold() {
            @Override
            protected void granted() {
                told.add("second");
            }
        };
        RangeQueue.Hold first = new RangeQueue.Hold() {
            @Override
            protected void granted() {
                told.add("first");
                queue.release(second);
            }
        };
        queue.acquire(first, 0, 8, false);
        queue.acquire(second, 0, 8, false);
        queue.release(writer);
        assertThat(told).containsExactly("first");
        queue.release(first);
        assertThat(queue.isEmpty()).isTrue();
    }

    /** Against the rule itself: a claim is held exactly when nothing that came before it and conflicts is still in. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void holdsExactlyWhenNothingBeforeItConflicts(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < 4000; step++) {
            boolean in = live.size() < 3 || (live.size() < 150 && random.nextInt(100) < 52);
            if (in) {
                claim(random.nextInt(200), 1 + random.nextInt(20), random.nextInt(3) == 0);
            } else {
                Claim out = live.remove(random.nextInt(live.size()));
                queue.release(out);
            }
            for (Claim claim : live) {
                boolean expected = live.stream().noneMatch(o -> o.order < claim.order && o.conflicts(claim));
                assertThat(claim.held).as("step %d of seed %d", step, seed).isEqualTo(expected);
            }
        }
        live.forEach(queue::release);
        assertThat(queue.isEmpty()).isTrue();
    }

    private Claim claim(long offset, long length, boolean alone) {
        Claim claim = new Claim(offset, length, alone, order++);
        claim.held = queue.acquire(claim, offset, length, alone);
        live.add(claim);
        return claim;
    }

    private static final class Claim extends RangeQueue.Hold {
        private final long offset;
        private final long length;
        private final boolean alone;
        private final int order;
        private boolean held;

        private Claim(long offset, long length, boolean alone, int order) {
            this.offset = offset;
            this.length = length;
            this.alone = alone;
            this.order = order;
        }

        @Override
        protected void granted() {
            assertThat(held).as("told once").isFalse();
            held = true;
        }

        private boolean conflicts(Claim other) {
            return (alone || other.alone) && offset < other.offset + other.length && other.offset < offset + length;
        }
    }
}
