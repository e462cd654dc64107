package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskSetTest {

    private final Bench bench = new Bench();

    @BeforeEach
    void requestsWaitToBeReleased() {
        bench.device.on(r -> true, Fault.hang());
        bench.clearAttentions(bench.bob);
    }

    private TestTask read(int lba) {
        return bench.command("2800 %08X 00 0001".formatted(lba));
    }

    private TestTask write(int lba) {
        return bench.command("2A00 %08X 00 0001".formatted(lba)).out(new byte[512]);
    }

    @Test
    void simpleCommandsRunSideBySide() {
        read(1).send();
        read(2).attribute(ScsiTask.UNTAGGED).send();

        assertThat(bench.device.hanging()).isEqualTo(2);
    }

    @Test
    void anOrderedCommandWaitsForTheOlderAndHoldsUpTheYounger() {
        TestTask first = read(1).send();
        TestTask ordered = read(2).attribute(ScsiTask.ORDERED).send();
        TestTask last = read(3).send();
        assertThat(bench.device.hanging()).isEqualTo(1);

        bench.device.release();
        assertThat(first.isFinished()).isTrue();
        assertThat(bench.device.requests()).hasSize(2);

        bench.device.release();
        assertThat(ordered.isFinished()).isTrue();
        bench.device.release();
        assertThat(last.isFinished()).isTrue();
    }

    @Test
    void anOrderedCommandThatStillGetsItsDataHoldsUpTheYounger() {
        TestTask ordered = write(1).attribute(ScsiTask.ORDERED).accept();
        read(2).send();
        assertThat(bench.device.requests()).isEmpty();

        ordered.execute();
        bench.device.release();
        assertThat(bench.device.hanging()).isEqualTo(1);
    }

    @Test
    void headOfQueuePasses() {
        read(1).send();
        read(2).attribute(ScsiTask.ORDERED).send();
        TestTask head = read(3).attribute(ScsiTask.HEAD_OF_QUEUE).send();

        assertThat(bench.device.requests()).extracting(r -> r.offset() / 512).containsExactly(1L, 3L);
        bench.device.release();
        assertThat(bench.device.requests())
                .as("the head of the queue is still running")
                .hasSize(2);
        bench.device.release();
        assertThat(head.isFinished()).isTrue();
        assertThat(bench.device.requests()).hasSize(3);
    }

    @Test
    void inquiryPassesEverybody() {
        read(1).attribute(ScsiTask.ORDERED).send();

        assertThat(bench.run("1200 00 0024")).isEqualTo("GOOD");
        assertThat(bench.command("00").send().isFinished()).isFalse();
    }

    @Test
    void autoContingentAllegianceDoesNotExist() {
        assertThat(bench.command("00").attribute(ScsiTask.ACA).send().outcome()).isEqualTo("5/49/00");
    }

    @Test
    void thousandsOfWaitingCommandsDoNotDeepenTheStack() {
        bench.device.releaseAll();
        Bench quick = new Bench();
        TestTask first = quick.command("2A00 00000000 00 0001")
                .out(new byte[512])
                .attribute(ScsiTask.ORDERED)
                .accept();
        TestTask last = first;
        for (int i = 0; i < 3000; i++) {
            last = quick.command("00").attribute(ScsiTask.ORDERED).send();
        }
        assertThat(last.isFinished()).isFalse();

        first.execute();
        assertThat(last.outcome()).isEqualTo("GOOD");
    }

    @Test
    void abortEndsAtOnceWhatHasNotStarted() {
        TestTask waitingForData = write(1).accept();
        TestTask ordered = read(2).attribute(ScsiTask.ORDERED).send();

        bench.unit.abort(ordered);
        assertThat(ordered.outcome()).isEqualTo("aborted");
        bench.unit.abort(waitingForData);
        assertThat(waitingForData.outcome()).isEqualTo("aborted");

        waitingForData.execute();
        bench.unit.abort(waitingForData);
        assertThat(waitingForData.timesFinished()).isEqualTo(1);
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void abortingATaskUnderWayWaitsForTheMedium() {
        TestTask write = write(1).send();
        TestTask read = read(2).send();
        bench.unit.abort(write);
        bench.unit.abort(read);
        assertThat(write.isFinished()).isFalse();

        bench.device.releaseAll();
        assertThat(write.outcome()).isEqualTo("aborted");
        assertThat(read.outcome()).isEqualTo("aborted");
        assertThat(read.received()).isEmpty();
    }

    @Test
    void abortingTheOrderedCommandLetsTheYoungerStart() {
        TestTask ordered = write(1).attribute(ScsiTask.ORDERED).accept();
        read(2).send();

        bench.unit.abort(ordered);
        assertThat(bench.device.requests()).hasSize(1);
    }

    @Test
    void abortTaskSetLeavesOtherInitiatorsAlone() {
        AtomicInteger done = new AtomicInteger();
        TestTask mine = write(1).send();
        TestTask waiting = write(2).accept();
        TestTask others = bench.command(bench.bob, "2800 00000003 00 0001").send();

        bench.unit.abortTaskSet(bench.alice, done::incrementAndGet);
        assertThat(waiting.outcome()).isEqualTo("aborted");
        assertThat(done).hasValue(0);

        bench.device.release();
        assertThat(mine.outcome()).isEqualTo("aborted");
        assertThat(done).hasValue(1);
        bench.device.release();
        assertThat(others.outcome()).isEqualTo("GOOD");
        assertThat(done).hasValue(1);
    }

    @Test
    void clearTaskSetTellsTheOtherInitiators() {
        AtomicInteger done = new AtomicInteger();
        TestTask mine = read(1).send();
        TestTask others = bench.command(bench.bob, "2800 00000003 00 0001").send();

        bench.unit.clearTaskSet(bench.alice, done::incrementAndGet);
        bench.device.releaseAll();

        assertThat(done).hasValue(1);
        assertThat(mine.outcome()).isEqualTo("aborted");
        assertThat(others.outcome()).isEqualTo("aborted");
        assertThat(bench.run("00")).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("6/2F/00");
    }

    @Test
    void resetAbortsEverythingAndTellsEverybodyOnce() {
        AtomicInteger done = new AtomicInteger();
        TestTask task = read(1).send();

        bench.unit.reset(done::incrementAndGet);
        bench.unit.reset(done::incrementAndGet);
        bench.device.releaseAll();

        assertThat(done).hasValue(2);
        assertThat(task.outcome()).isEqualTo("aborted");
        assertThat(bench.run("00")).isEqualTo("6/29/03");
        assertThat(bench.run("00")).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("6/29/03");
    }

    @Test
    void aLostNexusIsForgotten() {
        AtomicInteger done = new AtomicInteger();
        TestTask task = write(1).send();
        bench.unit.nexusLost(bench.alice, done::incrementAndGet);
        assertThat(done).hasValue(0);

        bench.device.releaseAll();
        assertThat(task.outcome()).isEqualTo("aborted");
        assertThat(done).hasValue(1);
        assertThat(bench.run("00")).as("as if it had never been there").isEqualTo("6/29/00");
    }

    @Test
    void aTaskObjectThatServesAnewIsNotAbortedForWhatItWas() {
        TestTask second = write(2);
        TestTask first = new TestTask(bench.unit, bench.alice, "2A00 00000001 00 0001") {
            @Override
            protected void finished() {
                super.finished();
                bench.unit.abort(second);
                second.out(new byte[512]).send();
            }
        };
        first.out(new byte[512]).accept();
        second.accept();
        AtomicInteger done = new AtomicInteger();

        bench.unit.abortTaskSet(bench.alice, done::incrementAndGet);
        assertThat(done).hasValue(1);
        assertThat(second.aborted()).isFalse();
        bench.device.releaseAll();
        assertThat(second.status).isEqualTo(ScsiTask.GOOD);
    }

    @Test
    void nothingToAbortIsDoneAtOnce() {
        AtomicInteger done = new AtomicInteger();
        bench.unit.abortTaskSet(bench.alice, done::incrementAndGet);
        bench.unit.clearTaskSet(bench.alice, done::incrementAndGet);

        assertThat(done).hasValue(2);
    }

    @Test
    void unitAttentionsComeFirstAndInquiryLeavesThemPending() {
        ItNexus carol = Bench.nexus("c");
        assertThat(bench.command(carol, "1200 00 0024").send().outcome()).isEqualTo("GOOD");
        assertThat(bench.command(carol, "A0 00 00 000000 00000100").send().outcome())
                .isEqualTo("GOOD");
        assertThat(bench.command(carol, "C1").send().outcome()).isEqualTo("6/29/00");
        assertThat(bench.command(carol, "C1").send().outcome()).isEqualTo("5/20/00");
    }

    @Test
    void aDiskThatHasGrownSaysSo() {
        bench.device.resize(2 << 20);

        assertThat(bench.run("2800 00000800 00 0001")).isEqualTo("6/2A/09");
        assertThat(bench.data("25")).isEqualTo("00000fff00000200");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("6/2A/09");
        assertThat(bench.device.count(Kind.READ)).isZero();
    }

    @Test
    void aFailedWriteThatWasAbortedIsAbortedAllTheSame() {
        Bench failing = new Bench();
        failing.device.on(Kind.WRITE, Fault.hang());
        TestTask write =
                failing.command("2A00 00000000 00 0001").out(new byte[512]).send();
        failing.unit.abort(write);
        failing.device.release();

        assertThat(write.outcome()).isEqualTo("aborted");
        assertThat(write.status).isEqualTo(ScsiTask.TASK_ABORTED);
    }
}
