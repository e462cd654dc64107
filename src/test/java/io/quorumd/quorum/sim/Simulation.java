package io.quorumd.quorum.sim;

import io.quorumd.quorum.ChildState;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumStatus;
import io.quorumd.quorum.sim.SimPlan.End;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A quorum device over simulated children, on a simulated disk for its state, worked by a client and beset by faults,
 * all of it decided by one seed: the same seed, the same story.
 */
final class Simulation {

    static final int SECTORS = 1024;
    private static final List<End> ENDS = List.of(End.values());
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(20);

    private final long seed;
    private final SimPlan plan;
    private final Random random;
    private final Story story;
    private final int watchedSector;
    private final SimStrand strand;
    private final List<SimChild> children = new ArrayList<>();
    private final SimHost host;
    private final SimFaults faults;
    private final SimClient client;
    private int left;
    private String watched = "";
    private String differing = "";

    Simulation(long seed) {
        this(seed, Integer.getInteger("sim.watch", -1));
    }

    private Simulation(long seed, int watchedSector) {
        this.seed = seed;
        this.watchedSector = watchedSector;
        this.story = new Story(watchedSector);
        this.random = new Random(seed);
        this.plan = SimPlan.of(random);
        this.strand = new SimStrand(random);
        for (int i = 0; i < plan.options().children(); i++) {
            SimChild child = new SimChild(String.valueOf((char) ('a' + i)), SECTORS * SimChild.SECTOR, random);
            child.physicalBlock = plan.physicalBlock();
            children.add(child);
        }
        this.host = new SimHost(plan, children, strand, random, story);
        this.faults = new SimFaults(plan, children, host, strand, random, story);
        this.client = new SimClient(strand, random, story, SECTORS, host.allocator);
        client.mustSucceed = plan.mustSucceed();
    }

    /** @throws AssertionError with the story, when something happened that must not */
    void run() {
        try {
            story.tell(0, plan.toString());
            for (int life = 1; life < plan.lives(); life++) {
                live();
                end(ENDS.get(random.nextInt(ENDS.size())));
            }
            live();
            finish();
        } catch (AssertionError | RuntimeException wrong) {
            int culprit = watchedSector < 0 ? Story.culprit(wrong.toString()) : -1;
            if (culprit >= 0) {
                // Once more, the same, to tell what concerns that sector only.
                new Simulation(seed, culprit).run();
            }
            throw new AssertionError(
                    "seed " + seed + ": " + wrong + "\n" + story + "\n-Dsim.seed=" + seed + " replays this", wrong);
        }
    }

    private void live() {
        host.boot();
        await("open", host::isUp);
        client.connect(host.device());
        left = plan.operations();
        strand.execute(this::pump);
        faults.start();
    }

    private void end(End how) {
        if (how == End.CLEAN) {
            awaitOperations();
            faults.stop();
            host.stop();
            await("the stop", () -> !host.isUp());
            strand.forgetEverything();
            children.forEach(SimChild::processDied);
            return;
        }
        if (how != End.KILL && random.nextBoolean()) {
            host.storage.losePowerAt(host.storage.operations() + 1 + random.nextInt(40));
        }
        try {
            for (int steps = random.nextInt(2000); steps > 0; steps--) {
                strand.step();
                watch();
            }
        } catch (SimStorage.PowerLoss loss) {
            story.tell(strand.nanoTime(), "** in the middle of writing state");
        }
        story.tell(strand.nanoTime(), "** the process ends: " + how);
        faults.stop();
        host.die(how);
        // What a child forgot just before, unnoticed, nobody can tell from what it never knew.
        client.processDied(how == End.POWER || faults.somebodyForgot());
        faults.whileItIsDown();
    }

    private void finish() {
        awaitOperations();
        faults.stop();
        strand.execute(host::hurryResync);
        await("the children", () -> children.stream().allMatch(SimChild::isIdle));
        // Whoever was disconnected is found out by asking only, and a read may ask one of them alone.
        boolean[] asked = {false};
        strand.execute(() -> {
            client.flush();
            asked[0] = true;
        });
        await("a first look", () -> asked[0] && client.underWay == 0);
        boolean whole = awaitWhole();
        client.mustSucceed |= whole;
        client.quiet = true;
        // One by one: a child that has a backlog need not read.
        for (int sector = 0; sector < SECTORS; sector += 8) {
            int first = sector;
            asked[0] = false;
            strand.execute(() -> {
                client.read(first, 8);
                asked[0] = true;
            });
            await(
                    "the last reads",
                    () -> asked[0] && client.underWay == 0 && children.stream().allMatch(SimChild::isIdle));
        }
        // A vote on whole requests does not repair what a child cannot read.
        if (whole && !(plan.lying() && plan.options().voteUnit() == VoteUnit.REQUEST)) {
            await("the last repairs", this::childrenAreEqual);
        }
        host.stop();
        await("the stop", () -> !host.isUp());
        strand.runAll();
        long used = host.allocator.metric().usedDirectMemory();
        if (used != 0 && plan.lives() == 1) {
            throw new AssertionError(used + " bytes of buffers were not released");
        }
    }

    /** @return false when too much was lost for the children to become equal without an operator */
    private boolean awaitWhole() {
        boolean must = plan.mustSucceed();
        long deadline = strand.nanoTime() + PATIENCE_NANOS;
        while (!isWhole(host.device().status())) {
            QuorumStatus status = host.device().status();
            if (strand.nanoTime() > deadline && (must || status.margin() >= 0)) {
                throw new AssertionError("resync does not end: " + status);
            }
            if (strand.nanoTime() > deadline) {
                return false;
            }
            strand.step();
            watch();
        }
        story.tell(strand.nanoTime(), "== all in sync again");
        return true;
    }

    static boolean isWhole(QuorumStatus status) {
        return status.unsettledBytes() == 0
                && status.children().stream()
                        .allMatch(child -> child.state() == ChildState.ANSWERING && child.staleBytes() == 0);
    }

    private boolean childrenAreEqual() {
        if (!children.stream().allMatch(SimChild::isIdle)) {
            return false;
        }
        byte[] first = children.getFirst().image();
        for (SimChild child : children) {
            int differs = Arrays.mismatch(first, child.image());
            if (differs >= 0) {
                differing = ": sector " + differs / SimChild.SECTOR + " of child " + child.name + " differs";
                return false;
            }
        }
        for (int sector = 0; sector < SECTORS; sector++) {
            long found = ByteBuffer.wrap(first).getLong(sector * SimChild.SECTOR);
            if (!client.values(sector).contains(found)) {
                throw new AssertionError(
                        "at the end sector " + sector + " holds " + found + ", not one of " + client.values(sector));
            }
        }
        return true;
    }

    private void pump() {
        if (left > 0) {
            if (client.underWay < plan.depth()) {
                left--;
                client.act();
            }
            if (random.nextInt(30) == 0) {
                host.orderResync(random.nextInt(4));
            }
            boolean pause = random.nextInt(20) == 0;
            strand.schedule(this::pump, pause ? random.nextLong(4_000_000_000L) : random.nextLong(1_000_000));
        }
    }

    private void awaitOperations() {
        await("the operations", () -> left == 0 && client.underWay == 0);
    }

    /** With a sector to watch ({@code -Dsim.watch=SECTOR}) the story tells whenever a child's copy of the sector, or its standing, changes. */
    private void watch() {
        if (watchedSector >= 0 && host.isUp()) {
            int region = watchedSector * SimChild.SECTOR / plan.options().regionSize();
            StringBuilder now = new StringBuilder();
            for (SimChild child : children) {
                now.append(' ').append(child.name).append('=').append(child.stamp(watchedSector));
                now.append(host.state().stale().of(child.name).contains(region) ? " stale" : "");
            }
            now.append(host.state().intent().unsettled().contains(region) ? " unsettled" : "");
            now.append(host.state().intent().marked().contains(region) ? " marked" : "");
            if (!watched.contentEquals(now)) {
                watched = now.toString();
                story.tell(strand.nanoTime(), "## [" + watchedSector + "," + (watchedSector + 1) + ")" + watched);
            }
        }
    }

    private void await(String what, BooleanSupplier done) {
        long deadline = strand.nanoTime() + PATIENCE_NANOS;
        while (!done.getAsBoolean()) {
            watch();
            if (!strand.step()) {
                throw new AssertionError("nothing left to do, but " + what + " has not come");
            }
            if (strand.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what + differing);
            }
        }
    }
}
