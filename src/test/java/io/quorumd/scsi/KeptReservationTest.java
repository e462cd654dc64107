package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Completion;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Reservations that are to survive a loss of power. */
class KeptReservationTest extends ReservationScene {

    @Test
    void whatIsToSurviveIsDurableBeforeItIsAnswered() {
        shelf.slow = true;
        TestTask register = out(bench.alice, REGISTER, 0, list(0, 1, 0x01)).send();
        TestTask next = out(bench.bob, REGISTER, 0, list(0, 2, 0x01)).send();
        assertThat(register.isFinished()).isFalse();
        assertThat(keys()).isEqualTo("0000000000000000");

        release();
        assertThat(register.outcome()).isEqualTo("GOOD");
        assertThat(next.isFinished()).isFalse();
        release();
        assertThat(next.outcome()).isEqualTo("GOOD");
        shelf.slow = false;
        reserveOut(bench.alice, RESERVE, 1, 1, 0);

        Bench restarted = new Bench(1 << 20, 512, true, shelf);
        assertThat(restarted.data("5E00 0000000000 00FF 00")).isEqualTo(keysOf(0, 1, 2));
        assertThat(restarted.command(restarted.bob, "00").send().outcome()).isEqualTo("6/29/00");
        assertThat(restarted
                        .command(restarted.bob, "2A00 00000000 00 0001")
                        .out(new byte[512])
                        .send()
                        .outcome())
                .isEqualTo("18");
    }

    private void release() {
        Completion done = shelf.held;
        shelf.held = null;
        assertThat(done).isNotNull();
        if (done != null) {
            done.completed(null);
        }
    }

    @Test
    void whatIsNotToSurviveDoesNot() {
        out(bench.alice, REGISTER, 0, list(0, 1, 0x01)).send();
        out(bench.alice, REGISTER, 0, list(1, 1, 0x00)).send();

        assertThat(new Bench(1 << 20, 512, true, shelf).data("5E00 0000000000 00FF 00"))
                .isEqualTo("0000000000000000");
    }

    @Test
    void whatCannotBeSavedIsNotDone() {
        shelf.failure = Errno.ENOSPC;
        assertThat(out(bench.alice, REGISTER, 0, list(0, 1, 0x01)).send().outcome())
                .isEqualTo("7/27/07");
        assertThat(keys()).isEqualTo("0000000000000000");
        assertThat(out(bench.alice, REGISTER, 0, list(0, 1, 0x00)).send().outcome())
                .isEqualTo("GOOD");
    }

    @Test
    void withoutAStoreNothingSurvivesAndInitiatorsAreTold() {
        Bench plain = new Bench();
        assertThat(plain.write(
                        "5F00 00 0000 00000018 00",
                        HexFormat.of().parseHex(list(0, 1, 1).replace(" ", ""))))
                .isEqualTo("5/26/00");
    }

    @Test
    void aStoreThatHoldsSomethingElseIsNotIgnored() {
        shelf.kept = new byte[] {9, 9};
        assertThatThrownBy(this::bench).isInstanceOf(IllegalArgumentException.class);
        shelf.kept = new byte[] {1};
        assertThatThrownBy(this::bench).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reservationsOutliveSessionsAndResets() {
        register(bench.alice, 1);
        reserveOut(bench.alice, RESERVE, 3, 1, 0);
        bench.unit.nexusLost(bench.alice, () -> {});
        bench.unit.reset(() -> {});
        bench.clearAttentions(bench.bob);
        bench.clearAttentions(bench.alice);

        assertThat(read(bench.bob)).isEqualTo("18");
        assertThat(read(bench.alice)).isEqualTo("GOOD");
    }
}
