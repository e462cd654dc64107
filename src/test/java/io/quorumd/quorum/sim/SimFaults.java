package io.quorumd.quorum.sim;

import io.quorumd.quorum.sim.Simulation.SimPlan;
import io.quorumd.quorum.sim.Simulation.SimPlan.Mood;
import java.util.List;
import java.util.Random;

/** What befalls the children while the client works. */
final class SimFaults {

    private static final long PAUSE_NANOS = 15_000_000;

    private final SimPlan plan;
    private final List<SimChild> children;
    private final SimStrand strand;
    private final Random random;
    private final Story story;
    private boolean stopped;

    SimFaults(SimPlan plan, List<SimChild> children, SimStrand strand, Random random, Story story) {
        this.plan = plan;
        this.children = children;
        this.strand = strand;
        this.random = random;
        this.story = story;
    }

    void start() {
        if (plan.mood() != Mood.HEALTHY && !plan.victims().isEmpty()) {
            strand.schedule(this::strike, random.nextLong(PAUSE_NANOS));
        }
    }

    /** All is well from now on, though what happened stays. */
    void stop() {
        stopped = true;
        children.forEach(SimFaults::heal);
    }

    private static void heal(SimChild child) {
        child.failing = 0;
        child.lies = false;
        child.slowNanos = 0;
        child.unhang();
        child.restart();
    }

    private void strike() {
        if (stopped) {
            return;
        }
        SimChild child =
                children.get(plan.victims().get(random.nextInt(plan.victims().size())));
        switch (random.nextInt(12)) {
            case 0 -> tell(child, "fails now and then", () -> child.failing = 0.1 + random.nextDouble() / 2);
            case 1 -> tell(child, "hangs", () -> child.hangs = true);
            case 2 -> tell(child, "is slow", () -> child.slowNanos = 20_000_000L << random.nextInt(3));
            case 3 -> tell(child, "crashes", () -> child.crash(true));
            case 4 -> tell(child, "is disconnected", () -> child.crash(false));
            case 5, 6 -> lie(child);
            default -> tell(child, "behaves", () -> heal(child));
        }
        strand.schedule(this::strike, random.nextLong(PAUSE_NANOS));
    }

    private void lie(SimChild child) {
        if (plan.mood() == Mood.ANYTHING) {
            return;
        }
        int sector = random.nextBoolean() ? random.nextInt(16) : random.nextInt(1000);
        switch (random.nextInt(3)) {
            case 0 -> tell(child, "rots at " + sector, () -> child.corrupt(sector, 1 + random.nextInt(20)));
            case 1 -> tell(child, "cannot read " + sector, () -> child.makeUnreadable(sector));
            default -> tell(child, "loses writes and says nothing", () -> child.lies = true);
        }
    }

    private void tell(SimChild child, String what, Runnable deed) {
        story.tell(strand.nanoTime(), "** child " + child.name + " " + what);
        deed.run();
    }
}
