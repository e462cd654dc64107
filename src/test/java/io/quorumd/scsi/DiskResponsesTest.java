package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands answer, byte by byte. */
class DiskResponsesTest {

    private final Bench bench = new Bench();

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void standardInquiry() {
        assertThat(bench.data("1200 00 0060"))
                .isEqualTo("000006125b180002"
                        + ascii("QUORUMD Quorum Disk     0001")
                        + "00".repeat(22)
                        + "00a0096004600" + "4c0"
                        + "00".repeat(30));
    }

    @Test
    void inquiryIsCutToTheAllocationLength() {
        TestTask task = bench.command("1200 00 0024").send();

        assertThat(task.received()).hasSize(36);
        assertThat(bench.data("1200 00 0000")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1200 83 00FF", "1201 B3 00FF", "1201 01 00FF"})
    void inquiryOfAPageThatDoesNotExist(String cdb) {
        TestTask task = bench.command(cdb).send();

        assertThat(task.outcome()).isEqualTo("5/24/00");
        assertThat(task.senseHex()).endsWith("c00002");
    }

    @Test
    void supportedPages() {
        assertThat(bench.data("1201 00 00FF")).isEqualTo("00000007" + "0080838fb0b1b2");
    }

    @Test
    void serialNumber() {
        assertThat(bench.data("1201 80 00FF")).isEqualTo("00800006" + ascii("SN0001"));
    }

    @Test
    void deviceIdentification() {
        String target = ascii("iqn.2026-11.io.quorumd:disk0");
        assertThat(bench.data("1201 83 01FF"))
                .isEqualTo("00830086"
                        + "01030010" + "6000112233445566778899aabbccddee"
                        + "0201000e" + ascii("QUORUMD SN0001")
                        + "51940004" + "00000001"
                        + "51950004" + "00000001"
                        + "53980028" + target + ascii(",t,0x0001") + "000000"
                        + "53a80020" + target + "00000000");
    }

    @Test
    void blockLimits() {
        assertThat(bench.data("1201 B0 00FF"))
                .isEqualTo("00b0003c"
                        + "01" + "80" + "0001"
                        + "00002000" // 4 MiB
                        + "00000800" // 1 MiB
                        + "00000000"
                        + "00080000" // 256 MiB
                        + "00000100"
                        + "00000008"
                        + "80000000"
                        + "0000000000008000"
                        + "00".repeat(20));
    }

    @Test
    void blockLimitsCountLargeBlocks() {
        Bench large = new Bench(1 << 20, 4096, true);

        assertThat(large.data("1201 B0 00FF"))
                .startsWith("00b0003c" + "01" + "80" + "0001" + "00000400" + "00000100" + "00000000" + "00010000");
    }

    @Test
    void blockCharacteristicsAndProvisioning() {
        assertThat(bench.data("1201 B1 00FF")).isEqualTo("00b1003c" + "0001" + "00".repeat(58));
        assertThat(bench.data("1201 B2 00FF")).isEqualTo("00b20004" + "00e40200");
    }

    @Test
    void readCapacity() {
        assertThat(bench.data("25")).isEqualTo("000007ff00000200");
        assertThat(bench.data("9E10 0000000000000000 00000020"))
                .isEqualTo("00000000000007ff" + "00000200" + "00" + "00" + "c000" + "00".repeat(16));
    }

    @Test
    void readCapacityBeyondTwoTebibytes() {
        Bench huge = new Bench(5L << 40, 512, true);
        huge.device.physicalBlockSize(4096);

        assertThat(huge.data("25")).isEqualTo("ffffffff00000200");
        assertThat(huge.data("9E10 0000000000000000 00000010"))
                .isEqualTo("000000027fffffff" + "00000200" + "00" + "03" + "c000");
    }

    @Test
    void modeSense() {
        String errorRecovery = "010a" + "00".repeat(10);
        String caching = "0812" + "04" + "00".repeat(17);
        String control = "0a0a" + "0010" + "00".repeat(8);
        String exceptions = "1c0a" + "08" + "00".repeat(9);

        assertThat(bench.data("1A08 0800 FF")).isEqualTo("17001000" + caching);
        assertThat(bench.data("1A00 0800 FF")).isEqualTo("1f001008" + "0000080000000200" + caching);
        assertThat(bench.data("5A10 0800 000000 00FF"))
                .isEqualTo("002a" + "0010" + "0100" + "0010" + "0000000000000800" + "00000000" + "00000200" + caching);
        assertThat(bench.data("5A08 3FFF 000000 00FF"))
                .isEqualTo("003e" + "0010" + "0000" + "0000" + errorRecovery + caching + control + exceptions);
    }

    @Test
    void modeSenseOfDefaultAndChangeableValues() {
        assertThat(bench.data("1A08 8800 FF")).isEqualTo("17001000" + "0812" + "04" + "00".repeat(17));
        assertThat(bench.data("1A08 4800 FF")).isEqualTo("17001000" + "0812" + "00".repeat(18));
        assertThat(new Bench(1 << 20, 512, false).data("1A08 0800 FF"))
                .isEqualTo("17001000" + "0812" + "00".repeat(18));
    }

    @ParameterizedTest
    @CsvSource({"1A08 C800 FF, 5/39/00", "1A08 0500 FF, 5/24/00", "1A08 0807 FF, 5/24/00", "1A08 3F01 FF, 5/24/00"})
    void modeSenseOfWhatDoesNotExist(String cdb, String outcome) {
        assertThat(bench.run(cdb)).isEqualTo(outcome);
    }

    @Test
    void requestSense() {
        assertThat(bench.data("0300 0000 FF")).isEqualTo("700000000000000a" + "00".repeat(10));
        assertThat(bench.data("0301 0000 FF")).isEqualTo("7200000000000000");
        TestTask fresh = bench.command(bench.bob, "0301 0000 FF").send();
        assertThat(fresh.receivedHex()).isEqualTo("7206290000000000");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("GOOD");
    }

    @Test
    void reportSupportedOpcodesListsEveryCommand() {
        byte[] every = bench.command("A30C 0000 0000 0000FFFF").send().received();

        assertThat(every).hasSize(4 + 8 * CommandSet.all().size());
        assertThat(HexFormat.of().formatHex(Arrays.copyOf(every, 12)))
                .isEqualTo("%08x".formatted(every.length - 4) + "0000000000000006");
        assertThat(bench.command("A30C 8000 0000 0000FFFF").send().received())
                .hasSize(4 + 20 * CommandSet.all().size());
    }

    @Test
    void reportSupportedOpcodesShowsOne() {
        assertThat(bench.data("A30C 0128 0000 000000FF")).isEqualTo("0003000a" + "2818ffffffff00ffff00");
        assertThat(bench.data("A30C 8128 0000 000000FF"))
                .isEqualTo("0083000a" + "2818ffffffff00ffff00" + "000a" + "00".repeat(10));
        assertThat(bench.data("A30C 029E 0010 000000FF"))
                .isEqualTo("00030010" + "9e10" + "00".repeat(8) + "ffffffff0000");
        assertThat(bench.data("A30C 01C1 0000 000000FF")).isEqualTo("00010000");
        assertThat(bench.data("A30C 039E 0011 000000FF")).isEqualTo("00010000");
        assertThat(bench.data("A30C 0328 0000 000000FF")).startsWith("0003000a");
        assertThat(bench.run("A30C 019E 0010 000000FF")).isEqualTo("5/24/00");
        assertThat(bench.run("A30C 0228 0000 000000FF")).isEqualTo("5/24/00");
        assertThat(bench.run("A30C 0728 0000 000000FF")).isEqualTo("5/24/00");
    }

    @Test
    void reportSupportedTaskManagementFunctions() {
        assertThat(bench.data("A30D 0000 0000 00000010")).isEqualTo("da000000");
        assertThat(bench.data("A30D 8000 0000 00000010")).isEqualTo("da00000c" + "00".repeat(12));
    }

    @Test
    void unknownCommands() {
        assertThat(bench.run("C1")).isEqualTo("5/20/00");
        assertThat(bench.run("7F00")).isEqualTo("5/20/00");
        TestTask task = bench.command("9E1F").send();
        assertThat(task.outcome()).isEqualTo("5/24/00");
        assertThat(task.senseHex()).endsWith("cc0001");
    }
}
