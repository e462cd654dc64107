package io.quorumd.quorum;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.quorumd.block.Strand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Says when a child times out, or is lost, too often to be asked at all, and when to try it again. Unreadable sectors do
 * not count. Successes count once a second at most, so that they cost a request nothing.
 */
final class Breaker {

    private static final int CALLS = 6;
    private static final int CALLS_AT_LEAST = 3;
    private static final float FAILURE_PERCENT = 50;

    private final CircuitBreaker breaker;

    Breaker(String name, Strand strand, Duration pause) {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(CALLS)
                .minimumNumberOfCalls(CALLS_AT_LEAST)
                .failureRateThreshold(FAILURE_PERCENT)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(pause)
                .writableStackTraceEnabled(false)
                .clock(new StrandClock(strand))
                .currentTimestampFunction(clock -> strand.nanoTime(), TimeUnit.NANOSECONDS)
                .build();
        breaker = CircuitBreaker.of(name, config);
    }

    void failed(Throwable why) {
        breaker.onError(0, TimeUnit.NANOSECONDS, why);
    }

    void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** Not to be asked for a pause, whatever happened before. */
    void open() {
        breaker.transitionToOpenState();
    }

    boolean isOpen() {
        return breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    /** While open: whether it is time for a probe. */
    boolean mayProbe() {
        return breaker.tryAcquirePermission();
    }

    void reset() {
        breaker.reset();
    }

    /** For health: closed, open, half_open. Any thread. */
    String state() {
        return breaker.getState().name().toLowerCase(Locale.ROOT);
    }

    /** The strand's time, for the breaker's pauses. */
    private static final class StrandClock extends Clock {
        private final Strand strand;

        StrandClock(Strand strand) {
            this.strand = strand;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(strand.nanoTime());
        }
    }
}
