package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MODE SELECT, and the small commands that answer with little. */
class ModeSelectTest {

    private static final String HEADER = "00000000";

    private final Bench bench = new Bench();

    private static String control(int byte2, int byte4) {
        return "0A0A %02X 10 %02X 00000000000000".formatted(byte2, byte4);
    }

    private String select(String list) {
        byte[] bytes = HexFormat.of().parseHex(list.replace(" ", ""));
        return bench.write("1510 0000 %02X".formatted(bytes.length), bytes);
    }

    @Test
    void softwareWriteProtect() {
        bench.clearAttentions(bench.bob);
        assertThat(select(HEADER + control(0, 8))).isEqualTo("GOOD");

        assertThat(bench.write("2A00 00000000 00 0001", new byte[512])).isEqualTo("7/27/00");
        assertThat(bench.data("1A08 0A00 FF")).isEqualTo("0f009000" + "0a0a" + "0010" + "08" + "00".repeat(7));
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("6/2A/01");
        assertThat(bench.run("00")).as("who did it knows").isEqualTo("GOOD");
        assertThat(select(HEADER + control(0, 0))).isEqualTo("GOOD");
        assertThat(bench.write("2A00 00000000 00 0001", new byte[512])).isEqualTo("GOOD");
    }

    @Test
    void descriptorSense() {
        assertThat(select(HEADER + control(4, 0))).isEqualTo("GOOD");

        TestTask outside = bench.command("2800 00000800 00 0001").send();
        assertThat(outside.senseHex()).isEqualTo("72052100" + "0000000c" + "000a8000" + "0000000000000800");
        TestTask field = bench.command("2820 00000000 00 0001").send();
        assertThat(field.senseHex()).isEqualTo("72052400" + "00000008" + "02060000" + "cd000100");

        bench.unit.reset(() -> {});
        assertThat(bench.command("00").send().senseHex()).startsWith("7000062900000000".substring(0, 6));
    }

    @Test
    void whatIsSelectedAlreadyTellsNobody() {
        bench.clearAttentions(bench.bob);
        assertThat(select(HEADER + control(0, 0))).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("GOOD");
    }

    @Test
    void withBlockDescriptor() {
        assertThat(select("00000008" + "0000080000000200" + control(0, 0))).isEqualTo("GOOD");
        assertThat(select("00000008" + "0000000000001000" + control(0, 0))).isEqualTo("5/26/00");
        assertThat(select("00000008" + "0000070000000200" + control(0, 0))).isEqualTo("5/26/00");
        byte[] ten = HexFormat.of()
                .parseHex("0000000001000010" + "0000000000000800" + "00000000" + "00000200"
                        + control(0, 0).replace(" ", ""));
        assertThat(bench.write("5510 0000000000 %04X 00".formatted(ten.length), ten))
                .isEqualTo("GOOD");
    }

    @ParameterizedTest
    @CsvSource({
        "0000, 5/1A/00",
        "00000000 0A, 5/1A/00",
        "00000000 0A0A 00, 5/1A/00",
        "00000000 0A0B 00 10 00 0000000000000000, 5/26/00",
        "00000000 0A0A 00 00 00 00000000000000, 5/26/00",
        "00000000 0812 00 0000000000000000000000000000000000, 5/26/00",
        "00000000 0502 0000, 5/26/00",
        "00000000 4A01 000800000000000000000000, 5/26/00",
        "00000004 00000000, 5/26/00",
        "00000008 00000000, 5/1A/00"
    })
    void listsThatAreRefused(String list, String outcome) {
        assertThat(select(list)).isEqualTo(outcome);
    }

    @Test
    void nothingIsChangedUnlessTheWholeListIsRight() {
        assertThat(select(HEADER + control(4, 8) + "0502 0000")).isEqualTo("5/26/00");
        assertThat(bench.data("1A08 0A00 FF")).endsWith("0a0a" + "0010" + "00".repeat(8));
    }

    @Test
    void savingIsNotPossible() {
        assertThat(bench.write("1511 0000 10", new byte[16])).isEqualTo("5/24/00");
        assertThat(bench.write("1500 0000 10", new byte[16])).isEqualTo("5/24/00");
        assertThat(bench.run("1510 0000 00")).isEqualTo("GOOD");
    }

    @Test
    void smallAnswers() {
        assertThat(bench.run("1E00 0000 01")).isEqualTo("GOOD");
        assertThat(bench.run("3400 00000000 00 0001")).isEqualTo("GOOD");
        assertThat(bench.run("3400 000007FF 00 0002")).isEqualTo("5/21/00");
        assertThat(bench.data("3700 1D 00000000 00FF")).isEqualTo("001d0000");
        assertThat(bench.data("B70D 00000000 000000FF")).isEqualTo("000d0000" + "00000000");
        assertThat(bench.data("4D00 00 00 00 0000 00FF")).isEqualTo("00000002" + "002f");
        assertThat(bench.data("4D00 2F 00 00 0000 00FF")).isEqualTo("2f000008" + "0000" + "03" + "04" + "0000ff00");
        assertThat(bench.run("4D00 0D 00 00 0000 00FF")).isEqualTo("5/24/00");
    }

    @Test
    void targetPortGroups() {
        assertThat(bench.data("A30A 00000000 000000FF")).isEqualTo("0000000c" + "00010001" + "00000001" + "00000001");
        bench.map.portalGroups(List.of(2));
        assertThat(bench.data("A32A 00000000 000000FF"))
                .isEqualTo("0000001c" + "10000000" + "00010001" + "00000001" + "00000001" + "00010002" + "00000001"
                        + "00000002");
        assertThat(bench.run("A34A 00000000 000000FF")).isEqualTo("5/24/00");
    }
}
