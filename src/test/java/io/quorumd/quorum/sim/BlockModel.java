package io.quorumd.quorum.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one sector may hold: a linearizable register, checked as history unfolds. Keeps every state that the history so
 * far allows (the value, and which of the operations under way have taken effect having seen what); a history that
 * allows none is wrong.
 */
final class BlockModel {

    /** A thing done to the sector; {@link #writes} tells whether {@link #value} is put there. */
    static final class Op {
        private final boolean writes;
        private final long value;

        Op(boolean writes, long value) {
            this.writes = writes;
            this.value = value;
        }
    }

    /** @param seen what each operation that has taken effect found there */
    private record State(long value, Map<Op, Long> seen) {}

    private Set<State> states = new HashSet<>(Set.of(new State(0, Map.of())));
    private final List<Op> underWay = new ArrayList<>();
    /** What a power loss may leave. */
    private final Set<Long> survivors = new HashSet<>(Set.of(0L));
    /** What flushes under way will make impossible. */
    private final List<Set<Long>> dropping = new ArrayList<>();

    Op begin(boolean writes, long value) {
        Op op = new Op(writes, value);
        underWay.add(op);
        if (writes) {
            survivors.add(value);
            // Zeroes may be written again and again.
            dropping.forEach(dropped -> dropped.remove(value));
        }
        return op;
    }

    /** What the sector may hold now. */
    Set<Long> values() {
        unfold();
        Set<Long> values = new HashSet<>();
        states.forEach(state -> values.add(state.value));
        return values;
    }

    /** It succeeded; a read, or the read in an update, saw {@code observed}. @return false when that cannot be */
    boolean succeed(Op op, boolean observes, long observed) {
        unfold();
        Set<State> left = new HashSet<>();
        for (State state : states) {
            Long seen = state.seen.get(op);
            if (seen != null && (!observes || seen == observed)) {
                left.add(without(state, op));
            }
        }
        underWay.remove(op);
        states = left;
        return !left.isEmpty();
    }

    /** It failed: it took effect or it did not, and that is settled now, though nobody knows which way. */
    void fail(Op op) {
        unfold();
        Set<State> left = new HashSet<>();
        states.forEach(state -> left.add(without(state, op)));
        underWay.remove(op);
        states = left;
    }

    /** A flush begins. @return what cannot come back once it has succeeded, for {@link #flushed} */
    Set<Long> flushBegins() {
        Set<Long> dropped = durableWriteBegins();
        if (!dropped.isEmpty()) {
            dropped.removeAll(values());
        }
        return dropped;
    }

    /** A write with FUA began. @return what cannot come back once it has succeeded, for {@link #flushed} */
    Set<Long> durableWriteBegins() {
        Set<Long> dropped = new HashSet<>(survivors);
        underWay.forEach(op -> dropped.remove(op.value));
        dropping.add(dropped);
        return dropped;
    }

    /** It succeeded. */
    void flushed(Set<Long> dropped) {
        survivors.removeAll(dropped);
        notFlushed(dropped);
    }

    /** It failed. */
    void notFlushed(Set<Long> dropped) {
        dropping.removeIf(other -> other == dropped);
    }

    /** The process died: nothing is under way any more, all of it may have happened or not. */
    void processDied() {
        for (Op op : List.copyOf(underWay)) {
            fail(op);
        }
        dropping.clear();
    }

    /** Power was lost everywhere at once: any value since the last flush. */
    void powerLost() {
        underWay.clear();
        dropping.clear();
        states = new HashSet<>();
        survivors.forEach(value -> states.add(new State(value, Map.of())));
    }

    private void unfold() {
        List<State> open = new ArrayList<>(states);
        while (!open.isEmpty()) {
            State state = open.removeLast();
            for (Op op : underWay) {
                if (!state.seen.containsKey(op)) {
                    Map<Op, Long> seen = new HashMap<>(state.seen);
                    seen.put(op, state.value);
                    State next = new State(op.writes ? op.value : state.value, seen);
                    if (states.add(next)) {
                        open.add(next);
                    }
                }
            }
        }
    }

    private static State without(State state, Op op) {
        Map<Op, Long> seen = new HashMap<>(state.seen);
        seen.remove(op);
        return new State(state.value, seen);
    }
}
