package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreemptionTest extends ReservationScene {

    @BeforeEach
    void bothAreRegistered() {
        register(bench.alice, 1);
        register(bench.bob, 2);
    }

    @Test
    void preemptingTheHolder() {
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        assertThat(reserveOut(bench.bob, PREEMPT, 3, 2, 1)).isEqualTo("GOOD");

        assertThat(bench.command(bench.bob, "5E01 0000000000 00FF 00").send().receivedHex())
                .endsWith("0000000000000002" + "00000000" + "00" + "03" + "0000");
        assertThat(keysOf(3, 2))
                .isEqualTo(bench.command(bench.bob, "5E00 0000000000 00FF 00")
                        .send()
                        .receivedHex());
        assertThat(write(bench.alice)).isEqualTo("18");
        assertThat(ready(bench.alice)).isEqualTo("6/2A/05");
    }

    @Test
    void preemptingSomebodyElse() {
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        assertThat(reserveOut(bench.alice, PREEMPT, 1, 1, 7)).as("nobody's key").isEqualTo("18");
        assertThat(reserveOut(bench.alice, PREEMPT, 1, 1, 0)).as("no key").isEqualTo("5/26/00");
        assertThat(reserveOut(bench.alice, PREEMPT, 1, 1, 2)).isEqualTo("GOOD");

        assertThat(reservation()).endsWith("0000000000000001" + "00000000" + "00" + "01" + "0000");
        assertThat(ready(bench.bob)).isEqualTo("6/2A/05");
    }

    @Test
    void preemptingAllRegistrants() {
        reserveOut(bench.alice, RESERVE, 7, 1, 0);
        assertThat(reserveOut(bench.bob, PREEMPT, 1, 2, 0)).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "5E00 0000000000 00FF 00").send().receivedHex())
                .isEqualTo(keysOf(3, 2));
        assertThat(write(bench.alice)).isEqualTo("18");
    }

    @Test
    void preemptAndAbortWaitsForWhatItAborts() {
        reserveOut(bench.alice, RESERVE, 1, 1, 0);
        bench.device.on(Kind.WRITE, Fault.hang());
        TestTask under =
                bench.command("2A00 00000000 00 0001").out(new byte[512]).send();
        TestTask preempt = out(bench.bob, PREEMPT_AND_ABORT, 1, list(2, 1, 0)).send();

        assertThat(preempt.isFinished()).isFalse();
        bench.device.releaseAll();
        assertThat(under.outcome()).isEqualTo("aborted");
        assertThat(preempt.outcome()).isEqualTo("GOOD");
    }
}
