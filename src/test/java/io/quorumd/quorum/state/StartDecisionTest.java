package io.quorumd.quorum.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.quorum.sim.SimPlace;
import io.quorumd.quorum.state.ChildVerdict.Standing;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Decisions that {@link VolumeStartTest} does not come to: without state, and what a person is told. */
class StartDecisionTest {

    private static final long SIZE = 64 << 20;
    private static final VolumeIdentity VOLUME = VolumeIdentity.random(new Random(1));
    private static final UUID A = new UUID(1, 1);
    private static final UUID B = new UUID(1, 2);
    private static final UUID C = new UUID(1, 3);

    @Test
    void aCopyOfAChildAlongWithItsSidecarIsNoSecondVoter() {
        StartPlan plan = decide(null, local("a", sidecar(A)), local("b", sidecar(A)), local("c", sidecar(C)));
        assertStandings(plan, Standing.CURRENT, Standing.STALE, Standing.CURRENT);
        assertThat(plan.record().children()).extracting(ChildRecord::uuid).doesNotHaveDuplicates();
    }

    @Test
    void withoutStateAFileWithoutItsSidecarHasNoVoteWhereOthersHaveTheirs() {
        StartPlan plan = decide(null, local("a", sidecar(A)), local("b", null), local("c", sidecar(C)));
        assertStandings(plan, Standing.CURRENT, Standing.STALE, Standing.CURRENT);
    }

    @Test
    void withoutStateAChildThatCannotHaveASidecarHasAVote() {
        StartPlan plan = decide(null, local("a", sidecar(A)), remote("b"), local("c", sidecar(C)));
        assertStandings(plan, Standing.CURRENT, Standing.CURRENT, Standing.CURRENT);
    }

    @Test
    void thereIsNothingToSayOfAStartLikeTheOneBefore() {
        assertThat(decide(record(SIZE), local("a", sidecar(A)), local("b", sidecar(B)), local("c", sidecar(C)))
                        .notes())
                .isEmpty();
    }

    @Test
    void aSizeThatIsNotTheVolumesIsSaidNotToCount() {
        StartPlan plan = decide(
                record(SIZE / 2),
                local("a", SIZE / 2, sidecar(A)),
                local("b", SIZE / 2, sidecar(B)),
                local("c", SIZE / 2, sidecar(C)));
        assertThat(plan.notes())
                .singleElement()
                .asString()
                .contains("has " + SIZE / 2 + " bytes")
                .contains("only counts when a volume is created");
        assertThat(plan.record().size()).isEqualTo(SIZE / 2);
    }

    @Test
    void childrenAreToBeBroughtBackWhereTooFewAreThere() {
        assertRefused("Bring back the children that are named.", local("a", sidecar(A)), gone("b"), gone("c"));
    }

    @Test
    void childrenAreToBeAcceptedWhereEnoughAreThere() {
        assertRefused(
                "If these are the right files (copied to a new disk, say), accept them as they are:"
                        + " touch state/disk0/accept-children, then start again.",
                local("a", sidecar(A)),
                local("b", sidecar(C)),
                gone("c"));
    }

    private static void assertRefused(String action, ChildEvidence... children) {
        assertThatThrownBy(() -> decide(record(SIZE), children))
                .isInstanceOfSatisfying(
                        StateException.class,
                        refused -> assertThat(refused.action()).isEqualTo(action));
    }

    private static StartPlan decide(@Nullable VolumeRecord record, ChildEvidence... children) {
        VolumeWish wish = new VolumeWish("disk0", SIZE, 512, 1 << 20, 2, VOLUME.wwn());
        return new StartDecision(wish, "state/disk0", List.of(children), false, new Random(2)).decide(record);
    }

    private static VolumeRecord record(long size) {
        List<ChildRecord> children = List.of(
                new ChildRecord("a", A, 3, true), new ChildRecord("b", B, 3, true), new ChildRecord("c", C, 3, true));
        return new VolumeRecord(VOLUME, size, 512, 1 << 20, 3, true, true, true, 0, children);
    }

    private static Sidecar sidecar(UUID child) {
        return new Sidecar(VOLUME, child, 3, "");
    }

    private static ChildEvidence local(String name, @Nullable Sidecar sidecar) {
        return local(name, SIZE, sidecar);
    }

    private static ChildEvidence local(String name, long length, @Nullable Sidecar sidecar) {
        return new ChildEvidence(ChildFound.present(name, length, new SimPlace()), sidecar, "");
    }

    private static ChildEvidence remote(String name) {
        return new ChildEvidence(ChildFound.present(name, SIZE, null), null, "");
    }

    private static ChildEvidence gone(String name) {
        return new ChildEvidence(ChildFound.missing(name, new SimPlace()), null, "");
    }

    private static void assertStandings(StartPlan plan, Standing... standings) {
        assertThat(plan.members())
                .extracting(member -> member.verdict().standing())
                .containsExactly(standings);
    }
}
