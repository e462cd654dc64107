package io.quorumd.quorum.sim;

import io.quorumd.quorum.QuorumOptions;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumOptions.VoteUnit;
import io.quorumd.quorum.QuorumOptions.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a seed decides before anything begins.
 *
 * @param lives how often the process is started
 * @param operations the client's, in each life
 * @param depth how many of them at once
 * @param victims children that faults befall
 * @param lying whether they may also hold or return what is wrong
 */
record SimPlan(
        QuorumOptions options,
        Mood mood,
        int lives,
        int operations,
        int depth,
        int physicalBlock,
        List<Integer> victims,
        boolean lying) {

    enum Mood {
        /** Nothing goes wrong but the process. */
        HEALTHY,
        /** As many children as may be lost, or lie, do: nobody may notice. */
        TOLERABLE,
        /** All children fail and hang at will, none lies: operations may fail, answers may not be wrong. */
        ANYTHING
    }

    /** How a life ends. */
    enum End {
        /** In good order. */
        CLEAN,
        /** The process is killed; what it wrote is in caches that live on. */
        KILL,
        /** Its host loses power, the children do not. */
        HOST_POWER,
        /** Everything loses power. */
        POWER
    }

    private static final List<Mood> MOODS = List.of(Mood.values());
    private static final int[][] SIZES = {{3, 2}, {3, 2}, {3, 2}, {2, 2}, {5, 3}, {4, 3}, {2, 1}, {3, 3}, {3, 1}};

    static SimPlan of(Random random) {
        int[] size = SIZES[random.nextInt(SIZES.length)];
        int children = size[0];
        int threshold = size[1];
        Mood mood = MOODS.get(random.nextInt(MOODS.size()));
        // A child that lies and an interruption at once are more than three children can bear.
        boolean lying = mood == Mood.TOLERABLE && random.nextBoolean();
        int lives = lying ? 1 : 1 + random.nextInt(4);
        boolean fifo = !lying && random.nextInt(5) == 0;
        QuorumOptions options = QuorumOptions.of(children)
                .voteThreshold(threshold)
                .regionSize(64 << 10)
                .childTimeout(Duration.ofMillis(50))
                .readPattern(fifo ? ReadPattern.FIFO : ReadPattern.QUORUM)
                .voteUnit(random.nextInt(5) == 0 ? VoteUnit.REQUEST : VoteUnit.BLOCK)
                .readCompletion(random.nextInt(2) == 0 ? When.THRESHOLD : When.ALL)
                .writeCompletion(!lying && random.nextInt(3) == 0 ? When.THRESHOLD : When.ALL)
                .resyncFromFewer(random.nextInt(4) == 0)
                .writeCache(random.nextInt(4) > 0)
                .intentGroup(1 << random.nextInt(3))
                .backlogLimit(1 << random.nextInt(4))
                .build();
        int most = children - threshold;
        if (lying) {
            most = Math.min(most, Math.min(threshold - 1, 1));
        } else if (options.writeCompletion() == When.THRESHOLD) {
            // What T children have acknowledged may be all that is left.
            most = Math.min(most, threshold - 1);
        }
        int count = switch (mood) {
            case HEALTHY -> 0;
            case TOLERABLE -> most;
            case ANYTHING -> children;
        };
        List<Integer> victims = new ArrayList<>();
        while (victims.size() < count) {
            int victim = random.nextInt(children);
            if (!victims.contains(victim)) {
                victims.add(victim);
            }
        }
        int physicalBlock = random.nextInt(4) == 0 ? 4096 : 512;
        return new SimPlan(
                options, mood, lives, 20 + random.nextInt(80), 1 + random.nextInt(6), physicalBlock, victims, lying);
    }

    /**
     * Whether no operation may fail. Who has a write acknowledged by T children has no copy to spare before the rest have
     * it too: one more failure may make it unavailable.
     */
    boolean mustSucceed() {
        return mood == Mood.HEALTHY || (mood == Mood.TOLERABLE && options.writeCompletion() == When.ALL);
    }
}
