package io.quorumd.quorum;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Request;
import io.quorumd.quorum.sim.SimStorage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which faults strike at which points of a story, a point being a request to a child or a write of the state, each counted
 * from 0. The same story told again with the same plan happens again, so the points at which one more fault may strike
 * are those that this telling has passed.
 */
final class FaultPlan {

    /** What may happen at a point. */
    enum Kind {
        /** The child fails. Nothing has changed; of a flush: and what was to be flushed never will be. */
        CHILD_FAILS,
        /** The child fails, and the medium has changed all the same. */
        CHILD_FAILS_LATE,
        /** The child does not answer; what it was asked takes effect when the operation after this one has ended. */
        CHILD_HANGS,
        /** The child is gone with all that it had not flushed, and answers again later. */
        CHILD_LOST,
        /** The process is killed before the request has left it. */
        KILLED,
        STATE_FAILS,
        /** The power of the process, not of the children, is gone: the write may be torn. */
        POWER_LOST
    }

    /** @param point a write of the state or a request to a child, as the kind says */
    record Strike(Kind kind, int point) {}

    /** Out of whatever the process was about to do. */
    static final class Killed extends RuntimeException {}

    private static final Set<Kind> OF_STATE = EnumSet.of(Kind.STATE_FAILS, Kind.POWER_LOST);
    private static final Set<Kind> OF_WRITE = EnumSet.complementOf(EnumSet.copyOf(OF_STATE));
    private static final Set<Kind> OF_OTHERS =
            EnumSet.of(Kind.CHILD_FAILS, Kind.CHILD_HANGS, Kind.CHILD_LOST, Kind.KILLED);

    private final List<Strike> strikes;
    private final List<Strike> further = new ArrayList<>();
    private int requests;
    private int stateWrites;
    private int struck;
    private boolean over;
    private @Nullable Kind now;

    FaultPlan(List<Strike> strikes) {
        this.strikes = strikes;
    }

    /**
     * The child's requests are points.
     *
     * @param whenLost done when it has lost what it had, before anybody knows
     */
    void strike(MemoryDevice device, boolean itself, Runnable whenLost) {
        device.on(request -> arrived(device, itself, request, whenLost) == Kind.CHILD_FAILS, Fault.fail(Errno.EIO));
        device.on(request -> now == Kind.CHILD_FAILS_LATE, Fault.failAfterEffect(Errno.EIO));
        device.on(request -> now == Kind.CHILD_HANGS, Fault.hang());
        device.on(request -> now == Kind.CHILD_LOST, Fault.fail(Errno.ENODEV));
    }

    /** The writes of a state that has been started are points. */
    void strike(SimStorage storage) {
        storage.failWhen(() -> {
            Kind kind = at(stateWrites++, OF_STATE);
            if (kind == Kind.POWER_LOST) {
                storage.losePowerAt(0);
            }
            return kind == Kind.STATE_FAILS;
        });
    }

    /** What comes now is no part of the story. */
    void over() {
        over = true;
    }

    List<Strike> strikes() {
        return strikes;
    }

    int struck() {
        return struck;
    }

    /** Everything that might have struck after the last that did. */
    List<Strike> further() {
        return further;
    }

    private @Nullable Kind arrived(MemoryDevice device, boolean itself, Request request, Runnable whenLost) {
        boolean changes = request.kind() == MemoryDevice.Kind.WRITE || request.kind() == MemoryDevice.Kind.ZEROES;
        Set<Kind> possible = changes ? OF_WRITE : OF_OTHERS;
        now = at(requests++, itself ? possible : EnumSet.of(Kind.KILLED));
        if (now == Kind.KILLED) {
            throw new Killed();
        }
        if (now == Kind.CHILD_LOST) {
            device.crash();
            whenLost.run();
        }
        if (now == Kind.CHILD_FAILS && request.kind() == MemoryDevice.Kind.FLUSH) {
            device.dropUnflushed();
            whenLost.run();
        }
        return now;
    }

    private @Nullable Kind at(int point, Set<Kind> possible) {
        if (over) {
            return null;
        }
        for (Strike strike : strikes) {
            if (strike.point == point && possible.contains(strike.kind)) {
                struck++;
                further.clear();
                return strike.kind;
            }
        }
        possible.forEach(kind -> further.add(new Strike(kind, point)));
        return null;
    }
}
