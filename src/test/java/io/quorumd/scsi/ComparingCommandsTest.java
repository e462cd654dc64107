package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.BlockError.Errno;
import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice.Kind;
import io.quorumd.block.MemoryDevice.Request;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** VERIFY, WRITE AND VERIFY, COMPARE AND WRITE, ORWRITE. */
class ComparingCommandsTest {

    private final Bench bench = new Bench();
    private final byte[] data = Bench.pattern(1, 1024);

    private void put(byte[] bytes) {
        assertThat(bench.write("2A00 00000004 00 %04X".formatted(bytes.length / 512), bytes))
                .isEqualTo("GOOD");
    }

    private static byte[] changed(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 1;
        return copy;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2F02 00000004 00 0002",
                "AF02 00000004 00000002",
                "8F02 0000000000000004 00000002",
                "8F12 0000000000000004 00000002"
            })
    void verifyCompares(String cdb) {
        put(data);
        assertThat(bench.write(cdb, data)).isEqualTo("GOOD");
        TestTask task = bench.command(cdb).out(changed(data, 777)).send();
        assertThat(task.outcome()).isEqualTo("E/1D/00");
        assertThat(task.senseHex()).isEqualTo("f0000e" + "00000309" + "0a" + "00000000" + "1d0000000000");
    }

    @Test
    void verifyWithoutComparisonReads() {
        assertThat(bench.run("2F00 00000004 00 0002")).isEqualTo("GOOD");
        assertThat(bench.device.requests()).containsExactly(new Request(Kind.READ, 2048, 1024, false));
        bench.device.makeUnreadable(2048, 512);
        assertThat(bench.run("2F00 00000004 00 0002")).isEqualTo("3/11/00");
        assertThat(bench.run("2F00 00000004 00 0000")).isEqualTo("GOOD");
        assertThat(bench.run("2F04 00000004 00 0001")).isEqualTo("5/24/00");
    }

    @Test
    void verifyAgainstOneBlock() {
        byte[] block = Bench.pattern(3, 512);
        put(joined(block, block));
        assertThat(bench.write("2F06 00000004 00 0002", block)).isEqualTo("GOOD");
        put(joined(block, changed(block, 1)));
        TestTask task = bench.command("2F06 00000004 00 0002").out(block).send();
        assertThat(task.outcome()).isEqualTo("E/1D/00");
        assertThat(task.senseHex()).startsWith("f0000e" + "00000201");
    }

    @Test
    void verifyWithTheWrongAmountOfData() {
        assertThat(bench.write("2F02 00000004 00 0002", new byte[512])).isEqualTo("5/0E/03");
        assertThat(bench.write("2F00 00000004 00 0002", new byte[512])).isEqualTo("GOOD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2E00 00000004 00 0002",
                "2E02 00000004 00 0002",
                "AE02 00000004 00000002",
                "8E02 0000000000000004 00000002"
            })
    void writeAndVerifyWritesThroughAndReadsBack(String cdb) {
        assertThat(bench.write(cdb, data)).isEqualTo("GOOD");
        assertThat(bench.device.requests())
                .containsExactly(new Request(Kind.WRITE, 2048, 1024, true), new Request(Kind.READ, 2048, 1024, false));
        assertThat(bench.device.durableContents(2048, 1024)).isEqualTo(data);
    }

    @Test
    void writeAndVerifyNoticesWhatWasNotWritten() {
        bench.device.on(Kind.WRITE, Fault.lie());
        assertThat(bench.write("2E02 00000004 00 0002", data)).isEqualTo("E/1D/00");
        bench.device.on(Kind.READ, Fault.fail(Errno.EIO));
        assertThat(bench.write("2E02 00000004 00 0002", data)).isEqualTo("3/11/00");
    }

    @Test
    void compareAndWrite() {
        put(data);
        byte[] next = Bench.pattern(2, 1024);
        assertThat(bench.write("8900 0000000000000004 000000 02 00 00", joined(data, next)))
                .isEqualTo("GOOD");
        assertThat(bench.device.contents(2048, 1024)).isEqualTo(next);
        assertThat(bench.device.count(Kind.UPDATE)).isEqualTo(1);

        TestTask task = bench.command("8908 0000000000000004 000000 02 00 00")
                .out(joined(changed(next, 1000), data))
                .send();
        assertThat(task.outcome()).isEqualTo("E/1D/00");
        assertThat(task.senseHex()).startsWith("f0000e" + "000003e8");
        assertThat(bench.device.contents(2048, 1024)).isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({
        "8900 0000000000000004 000000 01 00 00, 512, 5/24/00",
        "8900 0000000000000004 000000 01 00 00, 2048, 5/24/00",
        "8900 0000000000000004 000000 00 00 00, 1024, 5/24/00",
        "8900 0000000000000004 000000 81 00 00, 0, 5/24/00",
        "8900 00000000000007FF 000000 02 00 00, 2048, 5/21/00",
        "8920 0000000000000004 000000 01 00 00, 1024, 5/24/00",
        "8900 0000000000000004 000000 00 00 00, 0, GOOD"
    })
    void compareAndWriteRefuses(String cdb, int length, String outcome) {
        assertThat(bench.write(cdb, new byte[length])).isEqualTo(outcome);
        assertThat(bench.device.requests()).isEmpty();
    }

    @Test
    void orWrite() {
        put(data);
        byte[] bits = Bench.pattern(5, 1024);
        assertThat(bench.write("8B00 0000000000000004 00000002 00 00", bits)).isEqualTo("GOOD");

        byte[] expected = data.clone();
        for (int i = 0; i < expected.length; i++) {
            expected[i] |= bits[i];
        }
        assertThat(bench.device.contents(2048, 1024)).isEqualTo(expected);
    }

    @Test
    void aFailedUpdateReportsTheWrite() {
        bench.device.on(Kind.UPDATE, Fault.fail(Errno.EIO));
        assertThat(bench.write("8B00 0000000000000004 00000002 00 00", data)).isEqualTo("3/0C/00");
        assertThat(bench.write("8900 0000000000000004 000000 01 00 00", data)).isEqualTo("3/0C/00");
    }
}
