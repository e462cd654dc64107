package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumd.block.MemoryDevice;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each nexus is told, once, in the order in which it happened; and that there is no auto contingent allegiance. */
class UnitAttentionTest {

    private final Bench bench = new Bench();

    private String bob() {
        return bench.command(bench.bob, "00").send().outcome();
    }

    /** Software write protect on or off, by alice. */
    private void changeModeParameters(boolean protect) {
        String page = "0A0A0010" + (protect ? "08" : "00") + "00".repeat(7);
        assertThat(bench.write("1510 0000 10 00", HexFormat.of().parseHex("00000000" + page)))
                .isEqualTo("GOOD");
    }

    private void addDisk(int lun, String naa) {
        MemoryDevice device = new MemoryDevice("ram" + lun, 1 << 20, bench.strand);
        bench.map.add(
                lun, new Disk(device, new DiskIdentity(naa, "SN" + lun), 512, true, ReservationStore.NONE), false);
        bench.strand.run();
    }

    private void grow(long size) {
        bench.device.resize(size);
        bench.clearAttentions(bench.alice);
    }

    @Test
    void comeOnceAndInTheOrderOfWhatHappened() {
        // INQUIRY makes the nexus known and leaves its power-on pending.
        assertThat(bench.command(bench.bob, "1200 00 0024").send().outcome()).isEqualTo("GOOD");
        changeModeParameters(true);
        assertThat(bench.run("00")).as("she did it herself").isEqualTo("GOOD");
        grow(2 << 20);
        changeModeParameters(false);
        addDisk(1, "6000112233445566778899aabbccddef");
        bench.map.remove(1, () -> {});
        bench.strand.run();
        grow(4 << 20);

        assertThat(bob()).isEqualTo("6/29/00");
        assertThat(bob()).isEqualTo("6/2A/01");
        assertThat(bob()).isEqualTo("6/2A/09");
        assertThat(bob()).isEqualTo("6/3F/0E");
        assertThat(bob()).isEqualTo("GOOD");
    }

    @Test
    void aResetStandsForAllThatWasBefore() {
        bench.clearAttentions(bench.bob);
        changeModeParameters(true);
        grow(2 << 20);
        bench.unit.reset(() -> {});
        addDisk(1, "6000112233445566778899aabbccddef");

        assertThat(bob()).isEqualTo("6/29/03");
        assertThat(bob()).isEqualTo("6/3F/0E");
        assertThat(bob()).isEqualTo("GOOD");
    }

    @Test
    void requestSenseReportsThemAsDataInEitherFormat() {
        bench.clearAttentions(bench.bob);
        bench.device.resize(2 << 20);
        String fixed = bench.command(bench.bob, "0300 00 00 FF").send().receivedHex();
        assertThat(fixed).startsWith("700006").contains("2a09");
        bench.device.resize(4 << 20);
        String descriptor = bench.command(bench.bob, "0301 00 00 FF").send().receivedHex();
        assertThat(descriptor).startsWith("72062a09");
        assertThat(bob()).isEqualTo("GOOD");
    }

    /** NACA in the CONTROL byte asks for an auto contingent allegiance, which no initiator here can get. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00 00000000 04",
                "12 00 00 0024 04",
                "03 00 0000 12 04",
                "28 00 00000000 00 0001 04",
                "2A 00 00000000 00 0000 04",
                "88 00 0000000000000000 00000001 00 04",
                "A0 00 00 00 00 00 00000100 00 04",
                "5E 00 0000000000 0100 04"
            })
    void nacaIsRefused(String cdb) {
        assertThat(bench.run(cdb)).isEqualTo("5/24/00");
    }
}
