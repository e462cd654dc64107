package io.quorumd.block;

/** What a {@link MemoryDevice} does to a request instead of serving it well. */
public sealed interface Fault {

    /** Completes with {@code error}; with {@code applied} the medium has changed all the same. */
    record Fail(BlockError error, boolean applied) implements Fault {}

    /** Waits for {@link MemoryDevice#release} and only then takes effect, however much was written since. */
    record Hang() implements Fault {}

    /** Takes effect and completes this much later, by the strand's clock. */
    record Delay(long nanos) implements Fault {}

    /** Reports success and does nothing: a lost write, a flush that did not reach the medium. */
    record Lie() implements Fault {}

    static Fault fail(BlockError.Errno code) {
        return new Fail(BlockError.of(code, "injected"), false);
    }

    static Fault failAfterEffect(BlockError.Errno code) {
        return new Fail(BlockError.of(code, "injected, after it took effect"), true);
    }

    static Fault hang() {
        return new Hang();
    }

    static Fault delay(long nanos) {
        return new Delay(nanos);
    }

    static Fault lie() {
        return new Lie();
    }
}
