package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Stories of changes (a child goes, comes, becomes stale somewhere, is brought in sync) told to the voters of up to five
 * children and to a table with a cell per child and region, which then must tell the same: every story of two or three
 * changes, and some long ones.
 */
class VotersTest {

    private static final int REGIONS = 3;
    private static final int REGION = 65536;
    /** The last region is cut short. */
    private static final long SIZE = REGIONS * REGION - 4096;

    /** What happens to one child. */
    private record Change(int child, Kind kind, int from, int to) {}

    private enum Kind {
        GOES,
        COMES,
        STALE,
        IN_SYNC
    }

    /** Children that nothing has happened to yet are alike: of those only the first is tried next. */
    @Test
    void everyStoryOfThreeChanges() {
        for (int children = 1; children <= 3; children++) {
            tell(children, changes(children, true), 3, 0, new ArrayList<>());
        }
    }

    /** And what happens to any two of them, in any order. */
    @Test
    void everyStoryOfTwoChangesOfFiveChildren() {
        tell(5, changes(5, false), 2, 5, new ArrayList<>());
    }

    /** Health is read by other threads: a child that one could do without has not gone. */
    @Test
    void whoAsksWhatWouldBeIsNotHeard() {
        Voters voters = new Told(3).voters;
        CompletableFuture<Boolean> heard = CompletableFuture.supplyAsync(
                () -> IntStream.range(0, 1_000_000).anyMatch(i -> voters.margin(2) != 1));
        int lowest = 1;
        while (!heard.isDone()) {
            lowest = Math.min(lowest, voters.marginWithout(0, 2));
        }
        assertThat(heard.join()).isFalse();
        assertThat(lowest).isZero();
    }

    @Test
    void longStories() {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            int children = 1 + i % 5;
            List<Change> changes = changes(children, true);
            List<Change> story = new ArrayList<>();
            Told told = new Told(children);
            for (int step = 0; step < 20; step++) {
                Change change = changes.get(random.nextInt(changes.size()));
                story.add(change);
                told.change(change);
                told.compare(story);
            }
        }
    }

    @Test
    void theMarginFollowsRegionsThatComeInSyncAfterAChildHasGone() {
        Regions regions = new Regions(4 * REGION, REGION);
        Bookkeeping book = Bookkeeping.inMemory();
        book.begin(regions, new String[] {"a", "b", "c"});
        Voters voters = new Voters(regions, book, 3);
        for (int child = 0; child < 3; child++) {
            voters.setAnswering(child, true);
        }
        voters.addStale(0, 0, 2, error -> {});
        voters.setAnswering(2, false);
        assertThat(voters.margin(0)).isEqualTo(1);
        voters.removeStale(0, 0, 2);
        assertThat(voters.margin(0)).isEqualTo(2);
    }

    @Test
    void rangesTouchTheRegionsThatTheirBytesLieIn() {
        Regions regions = new Regions(SIZE, REGION);
        assertThat(regions.count()).isEqualTo(REGIONS);
        assertThat(new Regions(REGION, REGION).count()).isEqualTo(1);
        assertThat(new Regions(REGION + 1, REGION).count()).isEqualTo(2);
        assertThat(regions.at(REGION - 1)).isZero();
        assertThat(regions.at(REGION)).isEqualTo(1);
        assertThat(regions.end(0, REGION)).isEqualTo(1);
        assertThat(regions.end(0, REGION + 1)).isEqualTo(2);
        assertThat(regions.end(REGION - 1, 2)).isEqualTo(2);
        assertThat(regions.end(REGION, 0)).isEqualTo(2);
        assertThat(regions.offset(2)).isEqualTo(2L * REGION);
        assertThat(regions.length(0, 2)).isEqualTo(2L * REGION);
        assertThat(regions.length(1, 3)).isEqualTo(SIZE - REGION);
    }

    private static void tell(int children, List<Change> changes, int more, int named, List<Change> story) {
        Told told = new Told(children);
        story.forEach(told::change);
        told.compare(story);
        if (more == 0) {
            return;
        }
        for (Change change : changes) {
            if (change.child <= named) {
                story.add(change);
                tell(children, changes, more - 1, Math.max(named, change.child + 1), story);
                story.removeLast();
            }
        }
    }

    private static List<Change> changes(int children, boolean everyRange) {
        List<Change> changes = new ArrayList<>();
        for (int child = 0; child < children; child++) {
            changes.add(new Change(child, Kind.GOES, 0, 0));
            changes.add(new Change(child, Kind.COMES, 0, 0));
            for (int from = 0; from < REGIONS; from++) {
                for (int to = from + 1; to <= REGIONS; to++) {
                    if (everyRange || to == REGIONS) {
                        changes.add(new Change(child, Kind.STALE, from, to));
                        changes.add(new Change(child, Kind.IN_SYNC, from, to));
                    }
                }
            }
        }
        return changes;
    }

    /** The voters, and the table. */
    private static final class Told {

        private final Voters voters;
        private final boolean[][] stale;
        private final boolean[] answers;

        Told(int children) {
            Regions regions = new Regions(SIZE, REGION);
            Bookkeeping book = Bookkeeping.inMemory();
            String[] names = new String[children];
            Arrays.setAll(names, i -> "child-" + i);
            book.begin(regions, names);
            voters = new Voters(regions, book, children);
            stale = new boolean[children][REGIONS];
            answers = new boolean[children];
            for (int i = 0; i < children; i++) {
                voters.setAnswering(i, true);
                answers[i] = true;
            }
        }

        void change(Change change) {
            switch (change.kind) {
                case GOES, COMES -> {
                    voters.setAnswering(change.child, change.kind == Kind.COMES);
                    answers[change.child] = change.kind == Kind.COMES;
                }
                case STALE -> voters.addStale(change.child, change.from, change.to, error -> {});
                case IN_SYNC -> voters.removeStale(change.child, change.from, change.to);
            }
            for (int region = change.from; region < change.to; region++) {
                stale[change.child][region] = change.kind == Kind.STALE;
            }
        }

        private void compareWithout(int answering, int[] staleIn, List<Change> story) {
            for (int left = answering; left != 0; left &= left - 1) {
                int gone = Integer.lowestOneBit(left);
                int least = answers.length;
                for (int stale : staleIn) {
                    least = Math.min(least, Integer.bitCount(answering & ~gone & ~stale));
                }
                same(voters.marginWithout(Integer.numberOfTrailingZeros(gone), 1), least - 1L, story);
                same(voters.answering(), answering, story);
            }
        }

        void compare(List<Change> story) {
            int least = answers.length;
            int answering = 0;
            int[] staleIn = new int[REGIONS];
            for (int child = 0; child < answers.length; child++) {
                answering |= answers[child] ? 1 << child : 0;
                int count = 0;
                for (int region = 0; region < REGIONS; region++) {
                    staleIn[region] |= stale[child][region] ? 1 << child : 0;
                    count += stale[child][region] ? 1 : 0;
                }
                same(voters.staleRegions(child), count, story);
            }
            same(voters.answering(), answering, story);
            for (int from = 0; from < REGIONS; from++) {
                same(voters.in(from), answering & ~staleIn[from], story);
                same(voters.staleIn(from), staleIn[from], story);
                least = Math.min(least, Integer.bitCount(answering & ~staleIn[from]));
                int everywhere = answering;
                int somewhere = 0;
                int fewest = answers.length;
                int some = ((1 << answers.length) - 1) & 0b10101;
                for (int to = from + 1; to <= REGIONS; to++) {
                    everywhere &= ~staleIn[to - 1];
                    somewhere |= answering & ~staleIn[to - 1];
                    fewest = Math.min(fewest, Integer.bitCount(some & ~staleIn[to - 1]));
                    // The smallest range that touches these regions, and the largest.
                    long start = (from + 1L) * REGION - (to == from + 1 ? 4097 : 1);
                    long length = (to - 1L) * REGION + 1 - start;
                    length = to == from + 1 ? 1 : length;
                    same(voters.everywhere(start, length), everywhere, story);
                    same(voters.somewhere(start, length), somewhere, story);
                    long whole = Math.min((long) to * REGION, SIZE) - (long) from * REGION;
                    same(voters.everywhere((long) from * REGION, whole), everywhere, story);
                    same(voters.somewhere((long) from * REGION, whole), somewhere, story);
                    for (int needed = 0; needed <= answers.length; needed++) {
                        if (voters.haveAtLeast(needed, some, start, length) != fewest >= needed) {
                            same(needed, -1, story);
                        }
                    }
                }
            }
            same(voters.margin(0), least, story);
            same(voters.margin(2), least - 2L, story);
            compareWithout(answering, staleIn, story);
            same(voters.margin(0), least, story);
        }
    }

    private static void same(long told, long right, List<Change> story) {
        if (told != right) {
            assertThat(told).as(story.toString()).isEqualTo(right);
        }
    }
}
