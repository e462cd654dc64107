package io.quorumd.iscsi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which commands of a session may come, and in which order they are delivered (RFC 7143 §4.2.2.1). A command takes its
 * place in the window until it has ended, so that the window is also the bound on commands in flight.
 */
final class CommandWindow {

    enum Arrival {
        /** It is the next one: deliver it, then everything from {@link #next}. */
        DELIVER,
        /** It is ahead of its turn: {@link #hold} it. */
        AHEAD,
        /** Outside the window, or here already: ignore it silently. */
        IGNORE
    }

    private final @Nullable Object[] held;
    private int expected;
    private int max;

    /** @param size a power of two */
    CommandWindow(int size, int firstCmdSn) {
        held = new Object[size];
        expected = firstCmdSn;
        max = firstCmdSn + size - 1;
    }

    int expCmdSn() {
        return expected;
    }

    int maxCmdSn() {
        return max;
    }

    Arrival arrived(int cmdSn) {
        if (cmdSn == expected && cmdSn - max <= 0) {
            expected++;
            return Arrival.DELIVER;
        }
        return isAhead(cmdSn) && held[slot(cmdSn)] == null ? Arrival.AHEAD : Arrival.IGNORE;
    }

    /** In the window, and not its turn yet. */
    boolean isAhead(int cmdSn) {
        return cmdSn - expected > 0 && cmdSn - max <= 0;
    }

    void hold(int cmdSn, Object command) {
        held[slot(cmdSn)] = command;
    }

    /** What is held under that number; null: nothing. */
    @Nullable
    Object held(int cmdSn) {
        return isAhead(cmdSn) ? held[slot(cmdSn)] : null;
    }

    /** The held command whose turn it is now, or null. */
    @Nullable
    Object next() {
        Object command = held[slot(expected)];
        if (command != null) {
            held[slot(expected)] = null;
            expected++;
        }
        return command;
    }

    /** Everything that is held, out of any order: the session is over. */
    List<Object> takeAll() {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < held.length; i++) {
            if (held[i] != null) {
                all.add(held[i]);
                held[i] = null;
            }
        }
        return all;
    }

    /** A delivered command has ended: another may come. */
    void ended() {
        max++;
    }

    private int slot(int cmdSn) {
        return cmdSn & (held.length - 1);
    }
}
