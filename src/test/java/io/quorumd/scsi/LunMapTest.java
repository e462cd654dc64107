package io.quorumd.scsi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumd.block.Fault;
import io.quorumd.block.MemoryDevice;
import io.quorumd.block.MemoryDevice.Kind;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LunMapTest {

    private static final long LUN_5 = 5L << 48;
    private static final long LUN_300_FLAT = 0x412CL << 48;

    private final Bench bench = new Bench();

    private Disk otherDisk(String name) {
        return new Disk(
                new MemoryDevice(name, 1 << 20, bench.strand), Bench.IDENTITY, 512, true, ReservationStore.NONE);
    }

    private TestTask at(long lun, String cdb) {
        return new TestTask(bench.map.logicalUnit(lun), bench.alice, cdb).send();
    }

    @Test
    void findsDisksByPeripheralAndFlatAddresses() {
        bench.map.add(300, otherDisk("other"), false);

        assertThat(bench.map.logicalUnit(0)).isSameAs(bench.map.logicalUnit(0x4000L << 48));
        assertThat(at(LUN_300_FLAT, "1200 00 0001").receivedHex()).isEqualTo("00");
        assertThat(at(0x0100L << 48, "1200 00 0001").receivedHex()).as("bus 1").isEqualTo("7f");
        assertThat(at(0x0001L, "1200 00 0001").receivedHex()).as("second level").isEqualTo("7f");
        assertThat(at(-1L, "1200 00 0001").receivedHex()).isEqualTo("7f");
    }

    @Test
    void aNumberWithoutADiskAnswersWhatLeadsToTheOthers() {
        assertThat(at(LUN_5, "1200 00 0060").receivedHex()).startsWith("7f000612");
        assertThat(at(LUN_5, "1201 00 0060").outcome()).isEqualTo("5/24/00");
        assertThat(at(LUN_5, "A0 00 00 000000 00000100").receivedHex()).isEqualTo("0000000800000000" + "00".repeat(8));
        assertThat(at(LUN_5, "0301 0000 FF").receivedHex()).isEqualTo("7205250000000000");
        assertThat(at(LUN_5, "00").outcome()).isEqualTo("5/25/00");
        assertThat(at(LUN_5, "2800 00000000 00 0001").outcome()).isEqualTo("5/25/00");
    }

    @Test
    void theWellKnownLogicalUnitReportsLuns() {
        assertThat(at(LunMap.REPORT_LUNS, "1200 00 0060").receivedHex()).startsWith("1e000612");
        assertThat(at(LunMap.REPORT_LUNS, "00").outcome()).isEqualTo("GOOD");
        assertThat(at(LunMap.REPORT_LUNS, "A0 00 02 000000 00000100").receivedHex())
                .isEqualTo("0000001000000000" + "0000000000000000" + "c101000000000000");
        assertThat(at(LunMap.REPORT_LUNS, "2800 00000000 00 0001").outcome()).isEqualTo("5/20/00");
    }

    @Test
    void reportLunsSelects() {
        bench.map.add(300, otherDisk("other"), false);
        bench.strand.run();

        assertThat(bench.data("A0 00 00 000000 00000100"))
                .isEqualTo("0000001000000000" + "0000000000000000" + "412c000000000000");
        assertThat(bench.data("A0 00 01 000000 00000100")).isEqualTo("0000000800000000" + "c101000000000000");
        assertThat(bench.data("A0 00 02 000000 0000000C")).isEqualTo("0000001800000000" + "00000000");
        assertThat(bench.run("A0 00 03 000000 00000100")).isEqualTo("5/24/00");
    }

    @Test
    void initiatorsAreToldOfChangesUntilTheyHaveLooked() {
        bench.clearAttentions(bench.bob);
        bench.map.add(1, otherDisk("other"), false);
        bench.strand.run();

        assertThat(bench.run("00")).isEqualTo("6/3F/0E");
        assertThat(bench.run("00")).isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "A0 00 00 000000 00000100").send().outcome())
                .isEqualTo("GOOD");
        assertThat(bench.command(bench.bob, "00").send().outcome()).isEqualTo("GOOD");
    }

    @Test
    void removingADiskWaitsForItsWrites() {
        bench.device.on(Kind.WRITE, Fault.hang());
        TestTask write =
                bench.command("2A00 00000000 00 0001").out(new byte[512]).send();
        AtomicInteger done = new AtomicInteger();

        bench.map.remove(0, done::incrementAndGet);
        bench.strand.run();
        assertThat(done).hasValue(0);
        assertThat(at(0, "00").outcome()).isEqualTo("5/25/00");

        bench.device.releaseAll();
        assertThat(done).hasValue(1);
        assertThat(write.outcome()).isEqualTo("aborted");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> bench.map.add(0, otherDisk("x"), false)).hasMessageContaining("taken");
        assertThatThrownBy(() -> bench.map.add(1, bench.disk, false)).hasMessageContaining("already");
        assertThatThrownBy(() -> bench.map.add(1 << 14, otherDisk("x"), false)).hasMessageContaining("16383");
        assertThatThrownBy(() -> bench.map.remove(7, () -> {})).hasMessageContaining("no LUN 7");
    }
}
