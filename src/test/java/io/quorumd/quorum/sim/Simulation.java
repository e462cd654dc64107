package io.quorumd.quorum.sim;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.quorumd.quorum.Bookkeeping;
import io.quorumd.quorum.ChildSpec;
import io.quorumd.quorum.QuorumDevice;
import io.quorumd.quorum.QuorumOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A quorum device over simulated children, worked by a client and beset by faults, all of it decided by one seed: the
 * same seed, the same story.
 */
final class Simulation {

    private static final int SECTORS = 1024;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final long seed;
    private final SimPlan plan;
    private final Random random;
    private final Story story = new Story();
    private final SimStrand strand;
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final List<SimChild> children = new ArrayList<>();
    private final SimFaults faults;
    private @Nullable QuorumDevice device;
    private @Nullable SimClient client;
    private int left;

    Simulation(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        this.plan = SimPlan.of(random);
        this.strand = new SimStrand(random);
        for (int i = 0; i < plan.options().children(); i++) {
            SimChild child = new SimChild(String.valueOf((char) ('a' + i)), SECTORS * SimChild.SECTOR, random);
            child.physicalBlock = plan.physicalBlock();
            children.add(child);
        }
        this.faults = new SimFaults(plan, children, strand, random, story);
        this.left = plan.operations();
    }

    /** @throws AssertionError with the story, when something happened that must not */
    void run() {
        try {
            story.tell(0, plan.toString());
            live();
        } catch (AssertionError | RuntimeException wrong) {
            throw new AssertionError(
                    "seed " + seed + ": " + wrong + "\n" + story + "\n-Dsim.seed=" + seed + " replays this", wrong);
        }
    }

    private void live() {
        QuorumDevice opened = open();
        SimClient working = new SimClient(strand, random, story, SECTORS, allocator, opened, () -> {});
        client = working;
        working.mustSucceed = plan.mustSucceed();
        strand.execute(this::pump);
        faults.start();
        await("the operations", () -> left == 0 && working.underWay == 0);
        faults.stop();
        finish(opened, working);
    }

    private void finish(QuorumDevice opened, SimClient working) {
        await("the children", () -> children.stream().allMatch(SimChild::isIdle));
        strand.execute(() -> readEverything(working));
        await("the last reads", () -> working.underWay == 0 && left < 0);
        boolean[] closed = {false};
        strand.execute(() -> opened.close(error -> closed[0] = true));
        await("close", () -> closed[0]);
        strand.runAll();
        if (allocator.metric().usedDirectMemory() != 0) {
            throw new AssertionError(allocator.metric().usedDirectMemory() + " bytes of buffers were not released");
        }
    }

    private void readEverything(SimClient working) {
        left = -1;
        working.quiet = true;
        for (int sector = 0; sector < SECTORS; sector += 8) {
            working.read(sector, 8);
        }
    }

    private QuorumDevice open() {
        List<ChildSpec> specs = children.stream()
                .map(child -> new ChildSpec(child.name, "sim:" + child.name, child.opener()))
                .toList();
        QuorumDevice.open(
                "q",
                plan.options(),
                specs,
                Bookkeeping.inMemory(),
                strand,
                allocator,
                event -> story.tell(strand.nanoTime(), "   " + event),
                (opened, error) -> {
                    if (opened == null) {
                        throw new AssertionError("did not open: " + error);
                    }
                    device = opened;
                });
        await("open", () -> device != null);
        return java.util.Objects.requireNonNull(device);
    }

    private SimClient client() {
        return java.util.Objects.requireNonNull(client);
    }

    private void pump() {
        if (left > 0) {
            if (client().underWay < plan.depth()) {
                left--;
                client().act();
            }
            strand.schedule(this::pump, random.nextInt(1_000_000));
        }
    }

    private void await(String what, BooleanSupplier done) {
        long deadline = strand.nanoTime() + PATIENCE_NANOS;
        while (!done.getAsBoolean()) {
            if (!strand.step()) {
                throw new AssertionError("nothing left to do, but " + what + " has not come");
            }
            if (strand.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
        }
    }

    /** What a seed decides before anything begins. */
    record SimPlan(
            QuorumOptions options, int operations, int depth, int physicalBlock, Mood mood, List<Integer> victims) {

        enum Mood {
            /** Nothing goes wrong. */
            HEALTHY,
            /** As many children as may be lost do anything, lying included: nobody may notice. */
            TOLERABLE,
            /** All children fail and hang at will, none lies: operations may fail, answers may not be wrong. */
            ANYTHING
        }

        static SimPlan of(Random random) {
            int[][] sizes = {{3, 2}, {3, 2}, {2, 2}, {5, 3}, {4, 3}, {2, 1}, {3, 3}, {3, 1}};
            int[] size = sizes[random.nextInt(sizes.length)];
            int children = size[0];
            int threshold = size[1];
            Mood mood = Mood.values()[random.nextInt(Mood.values().length)];
            QuorumOptions options = QuorumOptions.of(children)
                    .voteThreshold(threshold)
                    .regionSize(64 << 10)
                    .childTimeout(Duration.ofMillis(50))
                    .readCompletion(any(random, QuorumOptions.When.values()))
                    .writeCache(random.nextInt(4) > 0)
                    .build();
            List<Integer> victims = new ArrayList<>();
            int count = mood == Mood.ANYTHING ? children : tolerable(children, threshold);
            while (victims.size() < count) {
                int victim = random.nextInt(children);
                if (!victims.contains(victim)) {
                    victims.add(victim);
                }
            }
            return new SimPlan(
                    options,
                    30 + random.nextInt(100),
                    1 + random.nextInt(6),
                    random.nextInt(4) == 0 ? 4096 : 512,
                    mood,
                    victims);
        }

        /** How many may lie and be lost without anybody noticing. */
        private static int tolerable(int children, int threshold) {
            return Math.min(children - threshold, Math.min(threshold - 1, 1));
        }

        boolean mustSucceed() {
            return mood != Mood.ANYTHING;
        }

        private static <E> E any(Random random, E[] of) {
            return of[random.nextInt(of.length)];
        }
    }
}
