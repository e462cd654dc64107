package io.quorumd.quorum.sim;

import io.quorumd.quorum.sim.SimPlan.Mood;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What befalls the children and the disk with the state while the client works. */
final class SimFaults {

    /** After this long an interruption does not bring back what was stale. */
    private static final long LASTING_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final SimPlan plan;
    private final List<SimChild> children;
    private final SimHost host;
    private final SimStrand strand;
    private final Random random;
    private final Story story;
    private SimChild.@Nullable Backup backup;
    private boolean stopped;
    private boolean somebodyForgot;
    /** Whom faults befall now. */
    private List<Integer> victims;

    private boolean changing;
    private long wholeSince = -1;

    SimFaults(SimPlan plan, List<SimChild> children, SimHost host, SimStrand strand, Random random, Story story) {
        this.plan = plan;
        this.children = children;
        this.host = host;
        this.strand = strand;
        this.random = random;
        this.story = story;
        this.victims = plan.victims();
    }

    /** Whether more children than can be borne may have lost what they had not flushed in this life. */
    boolean somebodyForgot() {
        return somebodyForgot;
    }

    void start() {
        stopped = false;
        somebodyForgot = false;
        if (!plan.victims().isEmpty()) {
            if (backup == null && random.nextBoolean()) {
                SimChild child = victim();
                backup = child.backup();
                story.tell(strand.nanoTime(), "** somebody keeps a copy of child " + child.name);
            }
            strand.schedule(this::strike, pause());
        }
    }

    /** All is well from now on, though what happened stays. */
    void stop() {
        stopped = true;
        host.storage.fail(0);
        children.forEach(SimFaults::heal);
    }

    /** What may be done to a child while nobody looks. */
    void whileItIsDown() {
        if (plan.mood() != Mood.TOLERABLE || plan.victims().isEmpty()) {
            return;
        }
        SimChild child = victim();
        SimChild.Backup old = backup;
        switch (random.nextInt(4)) {
            case 0 -> tell(child, "is made anew, all zeroes", child::makeAnew);
            case 1 -> {
                // A copy together with a sidecar that is still the newest is what no bookkeeping can tell (6.8).
                if (old != null && old.isOutdated() && victims.contains(children.indexOf(old.of()))) {
                    tell(old.of(), "is put back from the copy", old::putBack);
                }
            }
            case 2 -> tell(child, "does not come up", () -> child.up = false);
            default -> {
                // left alone
            }
        }
    }

    private SimChild victim() {
        return children.get(victims.get(random.nextInt(victims.size())));
    }

    private long pause() {
        return random.nextLong(random.nextInt(4) == 0 ? 3_000_000_000L : 15_000_000L);
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
        if (changing) {
            changeVictims();
        } else {
            strikeOne();
        }
        strand.schedule(this::strike, pause());
    }

    /** Those that faults befell are whole again: now it is others' turn. */
    private void changeVictims() {
        boolean whole = host.isUp()
                && Simulation.isWhole(host.device().status())
                && children.stream().allMatch(child -> child.isConnected() && child.isIdle());
        if (!whole || wholeSince < 0) {
            wholeSince = whole ? strand.nanoTime() : -1;
        } else if (strand.nanoTime() - wholeSince > LASTING_NANOS) {
            List<Integer> others = new ArrayList<>();
            for (int i = 0; i < children.size(); i++) {
                others.add(i);
            }
            Collections.shuffle(others, random);
            victims = others.subList(0, victims.size());
            changing = false;
            wholeSince = -1;
            story.tell(strand.nanoTime(), "** all is well; next: " + victims);
        }
    }

    private void strikeOne() {
        SimChild child = victim();
        switch (random.nextInt(12)) {
            case 0 -> tell(child, "fails now and then", () -> child.failing = 0.1 + random.nextDouble() / 2);
            case 1 -> tell(child, "hangs", () -> child.hangs = true);
            case 2 -> tell(child, "is slow", () -> child.slowNanos = 20_000_000L << random.nextInt(3));
            case 3 -> leave(child, true);
            case 4 -> leave(child, false);
            case 5, 6 -> special(child);
            case 7 -> {
                changing = plan.mood() == Mood.TOLERABLE && !plan.lying();
                victims.forEach(i -> tell(children.get(i), "behaves", () -> heal(children.get(i))));
            }
            default -> tell(child, "behaves", () -> heal(child));
        }
    }

    /**
     * Of T children that have acknowledged a write one always stays: where all of them were away, none can be told to have
     * kept what it had not flushed.
     */
    private void leave(SimChild child, boolean forgets) {
        if (plan.mood() != Mood.ANYTHING
                || children.indexOf(child) < plan.options().voteThreshold() - 1) {
            tell(child, forgets ? "crashes" : "is disconnected", () -> child.crash(forgets));
            // Where one answer is enough, one that forgot may give it before anybody knows that it did.
            somebodyForgot |=
                    forgets && (plan.mood() == Mood.ANYTHING || plan.options().allowsAmbiguity());
        }
    }

    private void special(SimChild child) {
        if (plan.lying()) {
            lie(child);
        } else if (plan.mood() == Mood.ANYTHING) {
            story.tell(strand.nanoTime(), "** the disk with the state fails");
            host.storage.fail(1 + random.nextInt(3));
        } else if (!child.up) {
            tell(child, "is made anew, all zeroes", child::makeAnew);
        }
    }

    private void lie(SimChild child) {
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
