package io.quorumd.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.quorumd.quorum.FaultPlan.Kind;
import io.quorumd.quorum.FaultPlan.Strike;
import io.quorumd.quorum.QuorumOptions.ReadPattern;
import io.quorumd.quorum.QuorumOptions.When;
import io.quorumd.quorum.sim.SimStorage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Stale regions and write intent: every story of up to three operations in which up to two faults strike, each at every
 * point there is, for two to five children and every threshold; none is left to chance. What a {@link FaultStory} checks
 * holds in all of them.
 */
class BookkeepingExhaustionTest {

    private static final int OPERATIONS = 3;
    private static final Logger QUORUM = (Logger) LoggerFactory.getLogger("io.quorumd.quorum");

    private long stories;

    @BeforeAll
    static void quiet() {
        QUORUM.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        QUORUM.setLevel(null);
    }

    /**
     * With more than two children only stories that begin with a write: before it there is nothing to lose, and what a
     * fault then does to the device two children show. Zeroes go the way of writes, see the next test.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    void twoFaults(int children, TestReporter reporter) {
        for (int threshold = 1; threshold <= children; threshold++) {
            QuorumOptions options = options(children, threshold).build();
            List<String> all = sequences("wfr");
            tell(
                    options,
                    children == 2
                            ? all
                            : all.stream().filter(s -> s.startsWith("w")).toList(),
                    2);
        }
        report(reporter);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void oneFaultWhereSomethingIsZeroed(int children, TestReporter reporter) {
        for (int threshold = 1; threshold <= children; threshold++) {
            List<String> zeroing =
                    sequences("wzfr").stream().filter(s -> s.contains("z")).toList();
            tell(options(children, threshold).build(), zeroing, 1);
        }
        report(reporter);
    }

    /** The pattern is of interest to reads only, before and after one another and what else there is. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void oneFaultWhereReadsAreFifo(int children, TestReporter reporter) {
        for (int threshold = 1; threshold <= children; threshold++) {
            List<String> reading =
                    sequences("wfr").stream().filter(s -> s.contains("r")).toList();
            tell(options(children, threshold).readPattern(ReadPattern.FIFO).build(), reading, 1);
        }
        report(reporter);
    }

    @Test
    void twoFaultsWhereWritesCompleteAtTheThreshold(TestReporter reporter) {
        tell(options(3, 2).writeCompletion(When.THRESHOLD).build(), List.of("w", "ww", "wf", "wr"), 2);
        report(reporter);
    }

    @Test
    void aChildThatIsLostAfterAKillMayHaveLostWhatWasWrittenBefore() {
        tell(2, 1, "wwf", new Strike(Kind.KILLED, 2), new Strike(Kind.CHILD_LOST, 3));
    }

    @Test
    void nobodyIsCondemnedForACopyThatAKillWouldMakeStaleAgain() {
        tell(2, 1, "wff", new Strike(Kind.CHILD_HANGS, 2), new Strike(Kind.CHILD_LOST, 12));
    }

    private static void tell(int children, int threshold, String operations, Strike... strikes) {
        QuorumOptions options = options(children, threshold).build();
        FaultPlan plan = new FaultPlan(List.of(strikes));
        new FaultStory(options, FaultStory.fresh(options), operations, plan).tell();
        assertThat(plan.struck()).isEqualTo(strikes.length);
    }

    private void tell(QuorumOptions options, List<String> sequences, int faults) {
        SimStorage fresh = FaultStory.fresh(options);
        for (String operations : sequences) {
            tell(options, fresh, operations, List.of(), faults);
        }
    }

    private void tell(
            QuorumOptions options, SimStorage fresh, String operations, List<Strike> strikes, int moreFaults) {
        FaultPlan plan = new FaultPlan(strikes);
        new FaultStory(options, fresh, operations, plan).tell();
        stories++;
        if (moreFaults > 0) {
            for (Strike another : plan.further()) {
                List<Strike> longer = new ArrayList<>(strikes);
                longer.add(another);
                tell(options, fresh, operations, longer, moreFaults - 1);
            }
        }
    }

    private void report(TestReporter reporter) {
        reporter.publishEntry("stories", Long.toString(stories));
        assertThat(stories).isGreaterThan(1000);
    }

    private static QuorumOptions.Builder options(int children, int threshold) {
        return QuorumOptions.of(children)
                .voteThreshold(threshold)
                .regionSize(FaultStory.REGION)
                .intentGroup(1);
    }

    /** All of one to three letters. */
    private static List<String> sequences(String letters) {
        List<String> all = new ArrayList<>();
        List<String> longest = List.of("");
        for (int length = 1; length <= OPERATIONS; length++) {
            List<String> longer = new ArrayList<>();
            for (String sequence : longest) {
                for (int i = 0; i < letters.length(); i++) {
                    longer.add(sequence + letters.charAt(i));
                }
            }
            all.addAll(longer);
            longest = longer;
        }
        return all;
    }
}
