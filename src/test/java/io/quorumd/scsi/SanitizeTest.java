package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SanitizeTest {

    private static final int SIZE = 3 << 20;

    private final Bench bench = new Bench(SIZE, 512, true);

    private TestTask overwrite(String header, String pattern) {
        String list = header + pattern;
        return bench.command("4801 0000000000 %04X 00".formatted(list.length() / 2))
                .out(list);
    }

    @Test
    void overwritesEveryBlockAndMakesItDurable() {
        bench.write("2A00 00000000 00 0010", Bench.pattern(1, 16 * 512));
        assertThat(overwrite("01000003", "AABBCC").send().outcome()).isEqualTo("GOOD");

        byte[] expected = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            expected[i] = (byte) new int[] {0xAA, 0xBB, 0xCC}[i % 512 % 3];
        }
        assertThat(bench.device.durableContents(0, SIZE)).isEqualTo(expected);
    }

    @Test
    void invertsFromPassToPass() {
        assertThat(overwrite("82000001", "0F").send().outcome()).isEqualTo("GOOD");
        assertThat(bench.device.contents(0, SIZE)).containsOnly(0xF0);
        assertThat(bench.device.count(Kind.WRITE)).isEqualTo(6);
    }

    @Test
    void nothingElseCanBeDoneMeanwhile() {
        bench.clearAttentions(bench.bob);
        bench.device.on(Kind.WRITE, Fault.hang());
        TestTask before = bench.command(bench.bob, "2A00 00000000 00 0001")
                .out(new byte[512])
                .send();
        TestTask sanitize = overwrite("01000001", "AA").send();
        assertThat(bench.device.hanging()).as("the write under way goes first").isEqualTo(1);
        bench.device.release();
        assertThat(before.outcome()).isEqualTo("aborted");

        assertThat(bench.run("00")).isEqualTo("2/04/1B");
        assertThat(bench.run("2800 00000000 00 0001")).isEqualTo("2/04/1B");
        assertThat(bench.run("1B00 0000 12"))
                .as("even with a field that is wrong")
                .isEqualTo("2/04/1B");
        assertThat(overwrite("01000001", "AA").send().outcome()).isEqualTo("2/04/1B");
        assertThat(bench.run("1200 00 0024")).isEqualTo("GOOD");
        bench.device.release();
        assertThat(bench.data("0300 0000 FF")).startsWith("700002").endsWith("041b00" + "80aaaa");
        bench.device.releaseAll();
        bench.device.releaseAll();
        assertThat(sanitize.outcome()).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("6/2F/00");
        assertThat(bench.run("00")).isEqualTo("GOOD");
    }

    @Test
    void abortsEndTheCommandOnly() {
        bench.device.on(Kind.WRITE, Fault.hang());
        TestTask sanitize = overwrite("01000001", "AA").send();
        bench.unit.abort(sanitize);
        assertThat(sanitize.outcome()).isEqualTo("aborted");
        bench.unit.reset(() -> {});
        bench.clearAttentionsOnly(bench.alice);
        assertThat(bench.run("00")).isEqualTo("2/04/1B");

        while (bench.device.hanging() > 0) {
            bench.device.releaseAll();
        }
        assertThat(bench.run("00")).isEqualTo("GOOD");
        assertThat(bench.device.contents(0, SIZE)).containsOnly(0xAA);
        assertThat(sanitize.timesFinished()).isEqualTo(1);
    }

    @Test
    void aFailureStaysUntilItIsDoneAgain() {
        bench.device.on(Kind.WRITE, Fault.fail(Errno.EIO)).times(1);
        assertThat(overwrite("01000001", "AA").send().outcome()).isEqualTo("3/31/03");
        assertThat(bench.run("2800 00000000 00 0001")).isEqualTo("3/31/03");
        assertThat(overwrite("01000001", "AA").send().outcome()).isEqualTo("GOOD");
        assertThat(bench.run("2800 00000000 00 0001")).isEqualTo("GOOD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000001", "01000000", "01000002"})
    void listsThatMakeNoSense(String header) {
        assertThat(overwrite(header, "AA").send().outcome()).isEqualTo("5/26/00");
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void whatIsNotOffered() {
        assertThat(bench.write("4881 0000000000 0005 00", new byte[5]))
                .as("IMMED")
                .isEqualTo("5/24/00");
        assertThat(bench.write("4801 0000000000 0004 00", new byte[4])).isEqualTo("5/24/00");
        assertThat(bench.write("4801 0000000000 0205 00", new byte[517])).isEqualTo("5/24/00");
        assertThat(bench.run("4802 0000000000 0000 00")).as("BLOCK ERASE").isEqualTo("5/24/00");
        assertThat(bench.run("4803 0000000000 0000 00"))
                .as("CRYPTOGRAPHIC ERASE")
                .isEqualTo("5/24/00");
        byte[] protect = HexFormat.of().parseHex("000000000A0A001008" + "00".repeat(7));
        bench.write("1510 0000 10", protect);
        assertThat(overwrite("01000001", "AA").send().outcome()).isEqualTo("7/27/00");
    }
}
